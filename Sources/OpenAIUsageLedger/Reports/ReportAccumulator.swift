import OpenAIUsage

/// The sums over a group of calls while they are read.
struct ReportAccumulator {
    private var row = ReportRow()
    private var cost: Int128 = 0
    private var hasCost = false
    private var duration = LatencySamples()
    private var processing = LatencySamples()
    private var timeToFirstToken = LatencySamples()

    /// The columns that ``add(_:)`` reads, from the first one on.
    static let columns = [
        "outcome", "is_counted", "endpoint", "usage_state", "cost_status", "cost_pico_usd",
        "cost_upper_bound_pico_usd", "input_tokens", "cached_input_tokens", "output_tokens", "reasoning_tokens",
        "duration_us", "processing_us", "time_to_first_token_us",
    ]

    /// Adds a call.
    mutating func add(_ source: StatementRow, _ names: LabelNames) {
        var call = source
        let outcome = call.text().flatMap(Outcome.init(rawValue:))
        if outcome == .open {
            row.openCalls += 1
            return
        }
        row.calls += 1
        switch outcome {
        case .error, .cut, .timeout, .unreachable: row.errors += 1
        default: break
        }
        if call.integer() == 0 {
            // What the call shows was used by another one, or is a sum that grows.
            call.skip(Self.figureCount)
        } else {
            addFigures(&call, names, usesNothing: outcome == .error || outcome == .unreachable)
        }
        duration.add(call.integer())
        processing.add(call.integer())
        timeToFirstToken.add(call.integer())
    }

    /// How many of the columns tell what was used.
    private static let figureCount: Int32 = 9

    private mutating func addFigures(_ call: inout StatementRow, _ names: LabelNames, usesNothing: Bool) {
        if call.label(names) == Endpoint.other.name, !usesNothing { row.otherCalls += 1 }
        let isWithoutUsage =
            switch call.text().flatMap(UsageState.init(rawValue:)) {
            case .null, .missing, .cut, .unparsable: true
            default: false
            }
        let status = call.text().flatMap(CostStatus.init(rawValue:))
        let isUnpriced = status == .unpriced || status == .partial
        if isUnpriced { row.unpricedCalls += 1 }
        if status == .partial { row.partialCalls += 1 }
        let known = call.integer()
        if let picoUSD = known {
            cost += Int128(picoUSD)
            hasCost = true
        }
        let bound = call.integer().map { Int128($0) }
        if isWithoutUsage {
            row.callsWithoutUsage += 1
            if bound == nil { row.unboundedCalls += 1 }
            Self.add(bound, to: &row.upperBoundPicoUSD)
        } else if isUnpriced, let bound {
            row.boundedUnpricedCalls += 1
            Self.add(max(0, bound - Int128(known ?? 0)), to: &row.unpricedUpperBoundPicoUSD)
        }
        Self.add(call.integer().map { Int128($0) }, to: &row.inputTokens)
        Self.add(call.integer().map { Int128($0) }, to: &row.cachedInputTokens)
        Self.add(call.integer().map { Int128($0) }, to: &row.outputTokens)
        Self.add(call.integer().map { Int128($0) }, to: &row.reasoningTokens)
    }

    /// Adds the calls of another group.
    mutating func add(_ other: ReportAccumulator) {
        row.calls += other.row.calls
        row.errors += other.row.errors
        row.openCalls += other.row.openCalls
        row.unpricedCalls += other.row.unpricedCalls
        row.partialCalls += other.row.partialCalls
        row.callsWithoutUsage += other.row.callsWithoutUsage
        row.unboundedCalls += other.row.unboundedCalls
        row.otherCalls += other.row.otherCalls
        Self.add(other.row.upperBoundPicoUSD, to: &row.upperBoundPicoUSD)
        row.boundedUnpricedCalls += other.row.boundedUnpricedCalls
        Self.add(other.row.unpricedUpperBoundPicoUSD, to: &row.unpricedUpperBoundPicoUSD)
        cost += other.cost
        hasCost = hasCost || other.hasCost
        Self.add(other.row.inputTokens, to: &row.inputTokens)
        Self.add(other.row.cachedInputTokens, to: &row.cachedInputTokens)
        Self.add(other.row.outputTokens, to: &row.outputTokens)
        Self.add(other.row.reasoningTokens, to: &row.reasoningTokens)
        duration.add(other.duration)
        processing.add(other.processing)
        timeToFirstToken.add(other.timeToFirstToken)
    }

    /// The sums as a line of a report.
    mutating func result(group: [String?]) -> ReportRow {
        row.group = group
        let isKnown = hasCost || row.unpricedCalls + row.callsWithoutUsage + row.otherCalls + row.openCalls == 0
        row.costPicoUSD = isKnown ? cost : nil
        row.duration = duration.percentiles()
        row.processing = processing.percentiles()
        row.timeToFirstToken = timeToFirstToken.percentiles()
        return row
    }

    private static func add(_ value: Int128?, to sum: inout Int128?) {
        if let value { sum = (sum ?? 0) + value }
    }
}
