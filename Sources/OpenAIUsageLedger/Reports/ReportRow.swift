/// One line of a report: the sums over a group of calls.
///
/// Sums of tokens are `nil` when no call of the group reported any.
public struct ReportRow: Sendable, Equatable {
    /// The group's value of each dimension, in their order; `nil` where a call has none.
    public var group: [String?] = []
    /// The calls that have ended.
    public var calls: Int64 = 0
    /// The calls that failed: errors of the API, cut responses, timeouts, and upstreams that could not be reached.
    public var errors: Int64 = 0
    /// All input tokens.
    public var inputTokens: Int128?
    /// The input tokens that were read from the cache.
    public var cachedInputTokens: Int128?
    /// All output tokens.
    public var outputTokens: Int128?
    /// The output tokens that the model thought and did not say.
    public var reasoningTokens: Int128?
    /// The known cost in millionths of a millionth of a US dollar.
    ///
    /// It is `nil` when none is known and some call may have cost something.
    public var costPicoUSD: Int128?
    /// The calls of which some or all has no price.
    public var unpricedCalls: Int64 = 0
    /// The calls of which some has a price and some has none; they are among the unpriced.
    public var partialCalls: Int64 = 0
    /// The calls whose usage should be known and is not.
    public var callsWithoutUsage: Int64 = 0
    /// The most that the calls without usage can have cost, in millionths of a millionth of a US dollar.
    ///
    /// It is an estimate, never part of ``costPicoUSD``, and covers the calls that have a bound; `nil` if none has.
    public var upperBoundPicoUSD: Int128?
    /// The calls without usage whose cost nothing bounds.
    public var unboundedCalls: Int64 = 0
    /// The unpriced calls, those priced in part among them, that have a bound: some of their usage was not told.
    public var boundedUnpricedCalls: Int64 = 0
    /// The most that these calls can have cost beyond their known part, in millionths of a millionth of a US dollar.
    ///
    /// It is an estimate, never part of ``costPicoUSD``; `nil` if no such call has a bound.
    public var unpricedUpperBoundPicoUSD: Int128?
    /// The calls that count and went to an endpoint that is not known.
    public var otherCalls: Int64 = 0
    /// The calls that have not ended, which nothing else of this row counts.
    public var openCalls: Int64 = 0
    /// How long completed calls took.
    public var duration: LatencyPercentiles?
    /// How long failed calls took, which are in no other latency.
    public var errorDuration: LatencyPercentiles?
    /// How long the provider says that completed calls took.
    public var processing: LatencyPercentiles?
    /// How long the first content of completed calls took.
    public var timeToFirstToken: LatencyPercentiles?

    package init() {}
}
