import OpenAIUsage

/// The calls that ended lately, in memory of a bounded size.
struct TopWindow: Sendable {
    /// The most calls in memory; the window is shorter if more end in it.
    static let capacity = 200_000
    /// The calls that stay in memory whatever their age, so that there is a list of the last ones.
    static let kept = 200

    private var calls: [TopCall] = []
    /// The time from which on all calls are known, in microseconds since 1970.
    private(set) var coveredFrom: Int64

    /// Creates an empty window.
    ///
    /// - Parameter coveredFrom: The time from which on all calls will be added.
    init(coveredFrom: Int64) {
        self.coveredFrom = coveredFrom
    }

    /// Adds calls that have ended, and forgets those that ended before a time.
    mutating func add(_ ended: [TopCall], forgettingBefore limit: Int64) {
        // Calls end in about the order in which they are read; sorting an almost sorted list is cheap.
        let isSorted = (calls.last?.endedAt ?? .min) <= (ended.first?.endedAt ?? .max)
        calls += ended
        if !isSorted || zip(ended, ended.dropFirst()).contains(where: { $0.endedAt > $1.endedAt }) {
            calls.sort { $0.endedAt < $1.endedAt }
        }
        var stale = calls.firstIndex { $0.endedAt >= limit } ?? calls.count
        if calls.count - stale > Self.capacity {
            stale = calls.count - Self.capacity
            coveredFrom = max(coveredFrom, calls[stale].endedAt)
        }
        stale = min(stale, max(0, calls.count - Self.kept))
        // Removing in bulk costs less than removing every second.
        if stale > calls.count / 8 || calls.count > Self.capacity { calls.removeFirst(stale) }
    }

    /// Returns the calls that ended last, the newest first.
    func last(_ count: Int) -> [TopCall] { calls.suffix(max(0, count)).reversed() }

    /// Returns the sums over the calls of a span.
    ///
    /// - Parameters:
    ///   - length: The length of the span in microseconds.
    ///   - now: The end of the span in microseconds since 1970.
    ///   - grouping: The dimension of the rows.
    ///   - inFlight: The calls in flight.
    /// - Returns: The sums.
    func summary(length: Int64, now: Int64, by grouping: TopCall.Grouping, inFlight: [TopCall]) -> TopSummary {
        let from = max(now - length, coveredFrom)
        var summary = TopSummary(length: max(1_000_000, now - from), isShortened: from > now - length)
        var groups: [String: TopSums] = [:]
        // Calls that a clock ahead of this one has dated in the future belong to the present.
        for call in calls.reversed() {
            guard call.endedAt >= from else { break }
            summary.totals.add(call)
            groups[call.name(grouping) ?? "-", default: TopSums()].add(call)
            guard call.isError else { continue }
            summary.errorsByProject[call.project, default: 0] += 1
            summary.errorsByModel[call.model ?? "-", default: 0] += 1
            summary.errorsByCode[call.errorName, default: 0] += 1
        }
        for call in inFlight {
            summary.totals.inFlight += 1
            groups[call.name(grouping) ?? "-", default: TopSums()].inFlight += 1
        }
        summary.totals.sortLatencies()
        summary.rows = groups.map { name, sums in
            var sums = sums
            sums.sortLatencies()
            return TopSummary.Row(name: name, sums: sums)
        }
        return summary
    }
}

extension TopCall {
    /// The status with the error's code; the outcome of a call without a response, or whose response has the status of a success.
    var errorName: String {
        let isNamedByOutcome = status == nil || (isError && (status ?? 0) < 400)
        return [status.map { String($0) }, errorCode ?? (isNamedByOutcome ? outcome.rawValue : nil)].compactMap { $0 }
            .joined(separator: " ")
    }
}

/// The sums over calls.
struct TopSums: Sendable {
    var calls = 0
    var errors = 0
    var inFlight = 0
    var unpriced = 0
    var withoutUsage = 0
    /// The known cost in picodollars.
    var costPicoUSD: Int128 = 0
    private var durations: [Int64] = []

    /// Adds a call that has ended.
    mutating func add(_ call: TopCall) {
        calls += 1
        if call.isError { errors += 1 }
        if call.isUnpriced { unpriced += 1 }
        if call.isWithoutUsage { withoutUsage += 1 }
        costPicoUSD += Int128(call.costPicoUSD ?? 0)
        // As in reports, fast errors must not make a slow service look good.
        if call.outcome == .completed, let duration = call.durationMicroseconds { durations.append(duration) }
    }

    /// Prepares the percentiles; called after the last call is added.
    mutating func sortLatencies() { durations.sort() }

    /// Returns a percentile of the durations of completed calls by nearest rank; `nil` if there are none.
    func duration(percentile: Int) -> Int64? {
        durations.isEmpty ? nil : durations[max(0, (durations.count * percentile + 99) / 100 - 1)]
    }

    /// The known cost; `nil` if no cost is known and some call may have cost something.
    var knownCost: Int128? { costPicoUSD == 0 && unpriced + withoutUsage > 0 ? nil : costPicoUSD }
}

/// The sums over the calls of a span, by group and in total.
struct TopSummary: Sendable {
    /// The order of the rows.
    enum Order: String, CaseIterable {
        case cost, calls, errors, latency, name
    }

    /// A group.
    struct Row: Sendable {
        var name: String
        var sums: TopSums
    }

    /// The length of the span in microseconds.
    var length: Int64
    /// True if the span is shorter than was asked for.
    var isShortened: Bool
    var totals = TopSums()
    var rows: [Row] = []
    var errorsByProject: [String: Int] = [:]
    var errorsByModel: [String: Int] = [:]
    var errorsByCode: [String: Int] = [:]

    /// Creates empty sums.
    init(length: Int64, isShortened: Bool) {
        (self.length, self.isShortened) = (length, isShortened)
    }

    /// Returns a cost a minute, an hour or another unit of time.
    func rate(_ costPicoUSD: Int128?, perMicroseconds unit: Int64) -> Int128? {
        costPicoUSD.map { DecimalText.quotientHalfEven($0 * Int128(unit), by: Int128(length)) }
    }

    /// Returns the calls a minute, with two decimals below 10 and one below 100.
    func callsPerMinute(_ calls: Int) -> String {
        let hundredths = DecimalText.quotientHalfEven(Int128(calls) * 6_000_000_000, by: Int128(length))
        switch hundredths {
        case ..<1_000: return DecimalText.fixed(hundredths, fractionDigits: 2)
        case ..<10_000: return DecimalText.fixed(DecimalText.quotientHalfEven(hundredths, by: 10), fractionDigits: 1)
        default: return NumberFormat.count(DecimalText.quotientHalfEven(hundredths, by: 100))
        }
    }

    /// Returns the rows in an order: the greatest first, names ascending.
    func sorted(_ order: Order) -> [Row] {
        func value(_ row: Row) -> Int128 {
            switch order {
            case .cost: row.sums.costPicoUSD
            case .calls: Int128(row.sums.calls)
            case .errors: Int128(row.sums.errors)
            case .latency: Int128(row.sums.duration(percentile: 95) ?? -1)
            case .name: 0
            }
        }
        return rows.sorted { left, right in
            let (a, b) = (value(left), value(right))
            return a == b ? left.name < right.name : a > b
        }
    }
}
