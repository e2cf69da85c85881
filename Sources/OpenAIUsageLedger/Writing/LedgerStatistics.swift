/// The state of a ledger's writer at one moment, in which `captured = written + dropped + queued`.
public struct LedgerStatistics: Sendable, Equatable {
    /// The records that were handed in.
    public var captured: Int64 = 0
    /// The records that are committed; it falls by those that are lost later with a file, which are
    /// ``DropReason/ledgerLost`` from then on.
    public var written: Int64 = 0
    /// The records that are lost, by reason; every reason is there.
    public var dropped: [DropReason: Int64] = Dictionary(uniqueKeysWithValues: DropReason.allCases.map { ($0, 0) })
    /// The records that wait, or are being written.
    public var queued: Int64 = 0
    /// The most records that may wait.
    public var capacity: Int64 = 0
    /// The failures of SQLite, retries included.
    public var errors: Int64 = 0
    /// The failures by their kind.
    public var errorsByCode: [LedgerError.Code: Int64] = [:]
    /// The failure for which records cannot be written now; `nil` while they can.
    public var trouble: LedgerFault?
    /// The last failure.
    public var lastError: String?
    /// The commits.
    public var commits: Int64 = 0
    /// When the last commit ended, in microseconds since 1970; `nil` before the first.
    public var lastCommit: Int64?
    /// The size of the database in bytes; `nil` if it cannot be told.
    public var fileSize: Int64?
    /// The size of the write-ahead log in bytes; `nil` if it cannot be told.
    public var logSize: Int64?

    package init() {}

    /// The records that are lost, for whatever reason.
    public var totalDropped: Int64 { dropped.values.reduce(0, +) }
}
