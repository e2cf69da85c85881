/// The state of the ledger that records are written to.
///
/// The invariant captured = written + dropped + queued holds at any time.
package struct LedgerSnapshot: Sendable {
    /// The number of records handed to the ledger.
    package var captured: Int64
    /// The number of committed records.
    package var written: Int64
    /// The number of lost records, by reason.
    package var dropped: [(reason: String, count: Int64)]
    /// The number of records in the queue.
    package var queued: Int64
    /// The maximum number of records in the queue.
    package var capacity: Int64
    /// The number of errors, by kind.
    package var errors: [(String, Int64)]
    /// True while records can be written.
    package var isUp: Bool
    /// The size of the ledger's files in bytes; `nil` if it is unknown.
    package var sizeBytes: Int64?
    /// The time of the last commit, as Unix time; `nil` before the first.
    package var lastWriteTimestampSeconds: Double?
    /// The number of responses released before their record was committed, because the commit took too long.
    package var lateReleases: Int64

    package init(
        captured: Int64,
        written: Int64,
        dropped: [(reason: String, count: Int64)],
        queued: Int64,
        capacity: Int64,
        errors: [(String, Int64)],
        isUp: Bool = true,
        sizeBytes: Int64?,
        lastWriteTimestampSeconds: Double?,
        lateReleases: Int64
    ) {
        self.captured = captured
        self.written = written
        self.dropped = dropped
        self.queued = queued
        self.capacity = capacity
        self.errors = errors
        self.isUp = isUp
        self.sizeBytes = sizeBytes
        self.lastWriteTimestampSeconds = lastWriteTimestampSeconds
        self.lateReleases = lateReleases
    }
}
