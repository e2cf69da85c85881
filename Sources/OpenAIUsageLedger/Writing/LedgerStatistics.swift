public import OpenAIUsage

/// A snapshot of a ledger's writer, in which `captured = written + dropped + queued`.
public struct LedgerStatistics: Sendable, Equatable {
    /// The finished records that were handed in.
    public var captured: Int64 = 0
    /// The committed records, without those that were lost later with a file, which count as ``DropReason/ledgerLost``.
    public var written: Int64 = 0
    /// The lost records by reason; every reason has an entry.
    public var dropped: [DropReason: Int64] = Dictionary(uniqueKeysWithValues: DropReason.allCases.map { ($0, 0) })
    /// The records that are queued or being written.
    public var queued: Int64 = 0
    /// The most records that may be queued.
    public var capacity: Int64 = 0
    /// The writer's failures, retries included.
    public var errors: Int64 = 0
    /// The failures by code.
    public var errorsByCode: [LedgerError.Code: Int64] = [:]
    /// The failure that prevents writing at present; `nil` if there is none.
    public var trouble: LedgerFault?
    /// The description of the last failure; `nil` if there was none.
    public var lastError: String?
    /// The number of commits.
    public var commits: Int64 = 0
    package var lastCommitMicroseconds: Int64?
    /// The size of the database in bytes; `nil` if unknown.
    public var fileSize: Int64?
    /// The size of the write-ahead log in bytes; `nil` if unknown.
    public var logSize: Int64?

    package init() {}

    /// The end of the last commit; `nil` before the first.
    public var lastCommit: Timestamp? { lastCommitMicroseconds.map { Timestamp(microsecondsSince1970: $0) } }

    /// The records lost for any reason.
    public var totalDropped: Int64 { dropped.values.reduce(0, +) }
}
