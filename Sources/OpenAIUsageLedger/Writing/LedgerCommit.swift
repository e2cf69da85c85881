/// What is known about one commit.
public struct LedgerCommit: Sendable, Equatable {
    /// How many records it wrote.
    public var records: Int
    /// How long it took, in nanoseconds.
    public var duration: Int64
}
