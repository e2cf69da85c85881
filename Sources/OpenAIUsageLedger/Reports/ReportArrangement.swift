/// The order of a report's rows, and the number of groups that have a row of their own.
package struct ReportArrangement: Sendable, Equatable {
    /// A value of a row to sort by.
    package enum Key: String, Sendable, CaseIterable {
        case cost, calls, errors, input, cached, output, reasoning, unpriced, p50, p95, p99, name
        case errorRate = "error-rate"
        case firstToken = "first-token"
    }

    /// The value to sort by; `nil` for periods in chronological order, then the highest cost.
    package var key: Key?
    /// True to begin with the lowest value; by default only names do.
    package var isAscending: Bool
    /// The number of groups with a row of their own, `nil` for all.
    ///
    /// The others share a row; a single other one keeps its own. In a report by time and something else, it is the number of groups in the whole range, and every period has its others.
    package var top: Int?

    /// Creates an arrangement.
    package init(key: Key? = nil, isAscending: Bool? = nil, top: Int? = nil) {
        self.key = key
        self.isAscending = isAscending ?? (key == .name)
        self.top = top
    }

    /// True if a row precedes another; rows without the value come last in either direction.
    func precedes(_ left: ReportRow, _ right: ReportRow) -> Bool {
        if key == .name { return isAscending ? Self.names(left, right) : Self.names(right, left) }
        let (first, second) = (value(left), value(right))
        if first != second {
            guard let second else { return true }
            guard let first else { return false }
            return isAscending ? first < second : first > second
        }
        if left.costPicoUSD != right.costPicoUSD {
            guard let rightCost = right.costPicoUSD else { return true }
            guard let leftCost = left.costPicoUSD else { return false }
            return leftCost > rightCost
        }
        return Self.names(left, right)
    }

    private func value(_ row: ReportRow) -> Int128? {
        switch key ?? .cost {
        case .cost: row.costPicoUSD
        case .calls: Int128(row.calls)
        case .errors: Int128(row.errors)
        case .errorRate: row.calls == 0 ? nil : Int128(row.errors) << 64 / Int128(row.calls)
        case .input: row.inputTokens
        case .cached: row.cachedInputTokens
        case .output: row.outputTokens
        case .reasoning: row.reasoningTokens
        case .unpriced: Int128(row.unpricedCalls)
        case .p50: (row.duration?.p50Microseconds).map { Int128($0) }
        case .p95: (row.duration?.p95Microseconds).map { Int128($0) }
        case .p99: (row.duration?.p99Microseconds).map { Int128($0) }
        case .firstToken: (row.timeToFirstToken?.p50Microseconds).map { Int128($0) }
        case .name: nil
        }
    }

    private static func names(_ left: ReportRow, _ right: ReportRow) -> Bool {
        for (left, right) in zip(left.group, right.group) where left != right {
            guard let right else { return true }
            guard let left else { return false }
            return left < right
        }
        return false
    }
}

/// A report beside the report over an earlier range.
package struct ReportComparison: Sendable, Equatable {
    /// The report, with a row for every group of either range.
    package var report: Report
    /// The query of the earlier range.
    package var previousQuery: ReportQuery
    /// The sums of the earlier range, one for each row of the report.
    package var previousRows: [ReportRow]
    /// The totals of the earlier range.
    package var previousTotals: ReportRow

    /// The change of a value: the difference, and its percentage of the earlier value in hundredths.
    package struct Change: Sendable, Equatable {
        /// The later value less the earlier one.
        package var difference: Int128
        /// The difference in hundredths of a percent of the earlier value, rounded to the nearest; `nil` if that was zero.
        package var basisPoints: Int128?

        /// Creates the change between two values; `nil` if one of them is unknown.
        package init?(from earlier: Int128?, to later: Int128?) {
            guard let earlier, let later else { return nil }
            difference = later - earlier
            guard earlier != 0 else {
                basisPoints = nil
                return
            }
            let base = Int128(earlier.magnitude)
            let scaled = Int128(difference.magnitude) * 20_000 / base
            let rounded = (scaled + 1) / 2
            basisPoints = difference < 0 ? -rounded : rounded
        }

        /// Formats hundredths of a percent as a percentage with two decimals.
        package static func percent(basisPoints: Int128) -> String {
            let rest = basisPoints.magnitude % 100
            return (basisPoints < 0 ? "-" : "") + "\(basisPoints.magnitude / 100).\(rest < 10 ? "0" : "")\(rest)"
        }
    }
}
