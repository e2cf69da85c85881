/// A summary of a ledger's content.
public struct LedgerSummary: Sendable, Equatable {
    /// The number of ended calls.
    public var calls: Int64
    /// The number of calls in flight.
    public var openCalls: Int64
    /// The start of the first call, in microseconds since 1970; `nil` if there is none.
    public var first: Int64?
    /// The start of the last call, in microseconds since 1970; `nil` if there is none.
    public var last: Int64?
    /// The number of calls without a complete price.
    public var unpricedCalls: Int64
    /// The number of calls whose usage is missing although expected.
    public var callsWithoutUsage: Int64
    /// The number of records that could not be written, and of which only ID, start and reason are stored.
    public var quarantined: Int64
}
