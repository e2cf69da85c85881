/// A row of a report: the sums over a group of calls.
///
/// Sums of tokens are `nil` if no call of the group reported any.
public struct ReportRow: Sendable, Equatable {
    /// The values of the group in the order of the report's dimensions; `nil` for calls without a value.
    public var group: [String?] = []
    /// The number of groups that the row sums up as the others beyond the top ones; `nil` for a row of one group.
    public var othersCount: Int?
    /// The number of ended calls.
    public var calls: Int64 = 0
    /// The number of failed calls: API errors, cut responses, timeouts and unreachable upstreams.
    public var errors: Int64 = 0
    /// The input tokens, including cached ones.
    public var inputTokens: Int128?
    /// The input tokens read from the prompt cache.
    public var cachedInputTokens: Int128?
    /// The output tokens, including reasoning tokens.
    public var outputTokens: Int128?
    /// The output tokens spent on reasoning.
    public var reasoningTokens: Int128?
    /// The known cost in picodollars (millionths of a millionth of a US dollar).
    ///
    /// It is `nil` if no cost is known and some call may have cost something.
    public var costPicoUSD: Int128?
    /// The number of calls without a complete price.
    public var unpricedCalls: Int64 = 0
    /// The number of calls with an incomplete price, which are also counted as unpriced.
    public var partialCalls: Int64 = 0
    /// The number of calls whose usage is missing although expected.
    public var callsWithoutUsage: Int64 = 0
    /// The highest possible cost of the calls without usage, in picodollars.
    ///
    /// It is an estimate for the calls that have a bound, and never part of ``costPicoUSD``; `nil` if none has a bound.
    public var upperBoundPicoUSD: Int128?
    /// The number of calls without usage and without a bound on their cost.
    public var unboundedCalls: Int64 = 0
    /// The number of unpriced calls, partly priced ones included, that have a bound since part of their usage was not reported.
    public var boundedUnpricedCalls: Int64 = 0
    /// The highest possible cost of these calls beyond their known part, in picodollars.
    ///
    /// It is an estimate, and never part of ``costPicoUSD``; `nil` if no such call has a bound.
    public var unpricedUpperBoundPicoUSD: Int128?
    /// The number of counted calls to unknown endpoints that may have used something.
    public var otherCalls: Int64 = 0
    /// The number of calls in flight, which no other value of the row includes.
    public var openCalls: Int64 = 0
    /// The duration of completed calls.
    public var duration: LatencyPercentiles?
    /// The duration of failed calls, which no other latency includes.
    public var errorDuration: LatencyPercentiles?
    /// The provider's processing time for completed calls, as reported by the provider.
    public var processing: LatencyPercentiles?
    /// The time to the first content of completed calls.
    public var timeToFirstToken: LatencyPercentiles?

    package init() {}
}
