/// A commit of a ledger's writer.
public struct LedgerCommit: Sendable, Equatable {
    /// The number of records written.
    public var records: Int
    /// The duration in nanoseconds.
    public var duration: Int64
}
