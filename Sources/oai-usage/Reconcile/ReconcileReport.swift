import OpenAIUsage

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
}
