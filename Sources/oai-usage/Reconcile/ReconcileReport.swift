import OpenAIUsage
import OpenAIUsageMetrics

/// A comparison as it is shown: its rows, its causes and what it leaves out.
struct ReconcileReport {
    /// A bucket that the provider changed after it had settled.
    struct Restated {
        var kind: ProviderKind
        var start: Int64
        /// The times of the answers before and after, in microseconds since 1970.
        var before: Int64
        var after: Int64
        var requests: Int64
        var tokens: Int128
        var picoUSD: Int128
    }

    var period: ReconcilePeriod
    /// The time of the provider's latest answer in microseconds since 1970.
    var asOf: Int64
    var width: ProviderWidth
    var dimensions: [ReconcileDimension]
    var rows: [ReconcileRow]
    /// The row of everything.
    var whole: [ReconcileRow]
    /// The costs of both sides by project.
    var projects: [String: ReconciliationGauge.Sums]
    var causes: [ReconcileCause: CauseSums]
    var totals: ReconcileTotals
    var unrecognized: [String: Int128]
    var restated: [Restated]
    /// True if the provider's costs are known; otherwise its usage at our prices stands for them.
    var hasCosts: Bool
    /// True if the provider's usage is known; otherwise only its costs are.
    var hasUsage: Bool
    /// The omissions of the comparison, in sentences.
    var notes: [String]

    /// True if rows have calls, which line items do not.
    var hasCalls: Bool { !dimensions.contains(.lineItem) }

    /// The knowledge of a side's usage in a row.
    enum Usage { case known, unknown }

    /// The knowledge of the provider's usage in a row: a line item need not tell its tokens.
    func theirUsage(_ row: ReconcileRow) -> Usage {
        hasUsage && (hasCalls || row.theirs.hasTokens) ? .known : .unknown
    }

    /// True if neither side has anything.
    var isEmpty: Bool {
        totals.ours == ReconcileRow.Side.nothing && totals.theirs == ReconcileRow.Side.nothing && rows.isEmpty
            && unrecognized.isEmpty && restated.isEmpty
    }

    /// The causes in their order, with the remainder as what all others leave of the difference.
    var allCauses: [(cause: ReconcileCause, sums: CauseSums)] {
        var rest = CauseSums()
        rest.callDifference = totals.callDifference
        rest.tokenDifference = totals.tokenDifference
        rest.picoUSD = totals.differencePicoUSD
        rest.calls = causes[.remainder]?.calls ?? 0
        rest.tokens = causes[.remainder]?.tokens ?? 0
        return ReconcileCause.allCases.map { cause in
            guard cause != .remainder else { return (cause, rest) }
            let sums = causes[cause] ?? CauseSums()
            rest.callDifference -= sums.callDifference
            rest.tokenDifference -= sums.tokenDifference
            rest.picoUSD -= sums.picoUSD
            return (cause, sums)
        }
    }
}

extension ReconcileRow.Side {
    var allTokens: Int128 { inputTokens + outputTokens }

    /// A side of which everything is known to be zero.
    static var nothing: ReconcileRow.Side {
        var side = ReconcileRow.Side()
        side.picoUSD = 0
        return side
    }
}
