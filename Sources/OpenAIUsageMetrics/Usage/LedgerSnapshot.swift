/// The figures of the store that the records of calls are written to.
///
/// At every moment captured = written + the sum of the dropped + queued.
package struct LedgerSnapshot: Sendable {
    /// The records that were handed to the store.
    package var captured: Int64
    /// The records that are committed.
    package var written: Int64
    /// The records that were lost, by reason.
    package var dropped: [(reason: String, count: Int64)]
    /// The records that wait to be written.
    package var queued: Int64
    /// The most records that may wait.
    package var capacity: Int64
    /// The errors of the store, by kind.
    package var errors: [(String, Int64)]
    /// True while records can be written.
    package var isUp: Bool
    /// The size of the store's files; `nil` when it is not known.
    package var sizeBytes: Int64?
    /// When the last records were committed, as Unix time; `nil` before the first.
    package var lastWriteTimestampSeconds: Double?
    /// The responses that were released before their record was committed, because that took too long.
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
