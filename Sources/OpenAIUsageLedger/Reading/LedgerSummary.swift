/// What a ledger holds, in a few numbers.
public struct LedgerSummary: Sendable, Equatable {
    /// The calls that have ended.
    public var calls: Int64
    /// The calls that are open.
    public var openCalls: Int64
    /// When the first call started, in microseconds since 1970; `nil` if there is none.
    public var first: Int64?
    /// When the last call started, in microseconds since 1970; `nil` if there is none.
    public var last: Int64?
    /// The calls of which some or all has no price.
    public var unpricedCalls: Int64
    /// The calls whose usage should be known and is not.
    public var callsWithoutUsage: Int64
    /// The records that could not be written, and of which only the identity was kept.
    public var quarantined: Int64
}
