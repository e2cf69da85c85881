/// A commit of a ledger's writer.
public struct LedgerCommit: Sendable, Equatable {
    /// The number of records written.
    public var records: Int
    package var durationNanoseconds: Int64

    /// The time that it took.
    public var duration: Duration { .nanoseconds(durationNanoseconds) }
}
