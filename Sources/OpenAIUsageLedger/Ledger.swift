import Foundation
import GRDB
public import OpenAIUsage

/// The durable store of all calls: an SQLite file with a single writer thread.
///
/// Records pass through a bounded queue, and each batch is written in one transaction. Only one process may write to a ledger
/// at a time; any number of processes may read it meanwhile with a ``LedgerReader``.
public final class Ledger: UsageSink {
    /// The path of the SQLite file with all symbolic links resolved.
    public let path: String

    /// The API objects whose usage is counted or pending in this ledger.
    public let objects: BilledObjects

    /// The secret of this ledger for fingerprints of API keys.
    package let fingerprintSecret: [UInt8]
    /// The newest call ID in the ledger after opening; `nil` if there were no calls.
    package let newestCallID: CallID?

    /// The generator of IDs for all calls that are recorded in this ledger.
    package let identities: CallIDGenerator

    let queue: RecordQueue
    private let lock: LedgerLock
    let clock: any UsageClock

    /// Opens a ledger for writing; creates the file and its folder if missing.
    ///
    /// Calls that a crash left in flight are marked interrupted. A damaged ledger is renamed, and a new one is created at its
    /// path; status observers are notified.
    ///
    /// - Throws: A ``LedgerError``, for example if another process writes to the ledger or the file is not a ledger.
    public init(path: String, options: LedgerOptions = LedgerOptions()) throws {
        clock = options.clock
        // The log, the lock and the journal belong beside the file itself, not beside a link to it.
        try LedgerFile.prepare(try LedgerFile.resolve(path))
        let path = try LedgerFile.resolve(path)
        self.path = path
        let lock = try LedgerLock(path: "\(path).lock", purpose: options.purpose)
        do {
            let identities = CallIDGenerator.shared(by: options.clock)
            let queue = RecordQueue(
                capacity: options.capacity,
                capacityBytes: options.capacityBytes,
                clock: options.clock,
                idleMilliseconds: options.idleMilliseconds,
                busyCount: options.busyCount
            )
            LedgerSession.saveOrphanedLog(path, options: options, queue: queue)
            func load(_ session: LedgerSession) throws -> (secret: [UInt8], newest: Int64?, objects: BilledObjects) {
                try session.database.writeWithoutTransaction { database in
                    (
                        try LedgerFile.secret(database),
                        try Int64.fetchOne(database, sql: "SELECT max(id) FROM call"),
                        try LedgerObjects.register(database, now: options.clock.wallMicroseconds)
                    )
                }
            }
            var (opened, loaded) = try LedgerSession.open(
                path: path,
                options: options,
                secret: nil,
                identities: identities,
                queue: queue,
                load
            )
            if try opened.writeRemains(identities) { loaded = try load(opened) }
            if options.keepsJournal { try queue.keepJournal(of: path) }
            let (session, (secret, newest, objects)) = (opened, loaded)
            fingerprintSecret = secret
            self.objects = objects
            self.identities = identities
            newestCallID = newest.map(CallID.init(rawValue:))
            self.queue = queue
            self.lock = lock
            let thread = Thread {
                var writer = LedgerWriter(
                    path: path,
                    queue: queue,
                    session: session,
                    lock: lock,
                    secret: secret,
                    identities: identities,
                    options: options
                )
                writer.run()
                queue.removeJournal()
                lock.release()
                queue.finish()
            }
            thread.name = "ledger"
            thread.start()
        } catch {
            lock.release()
            throw LedgerError(error, path: path)
        }
    }

    deinit {
        // The thread does not reference this object, and ends by itself once everything is written.
        queue.close(deadline: clock.monotonicNanoseconds + 5_000_000_000)
    }

    /// Queues a finished record without blocking; drops and counts it if the queue is full.
    public func record(_ record: consuming CallRecord) {
        queue.add(record)
    }

    /// Queues the interim record of a call in flight; the finished record replaces it.
    public func recordOpen(_ record: consuming CallRecord) {
        queue.addOpen(record)
    }

    /// Queues a finished record, and reports its outcome.
    ///
    /// - Parameters:
    ///   - record: The record.
    ///   - waiter: Called with the outcome on the writer's thread, or at once if the record is dropped or postponed; not called
    ///     if the record is journaled.
    ///   - observer: Called like `waiter`, also for a journaled record.
    ///   - isDeferred: True to journal the record with others by ``flushJournal()``.
    /// - Returns: True if the record is journaled, so that it survives the end of the process.
    @discardableResult
    package func record(
        _ record: consuming CallRecord,
        waiter: (@Sendable (CommitOutcome) -> Void)?,
        observer: (@Sendable (CallRecord, CommitOutcome) -> Void)? = nil,
        isDeferred: Bool = false
    ) -> Bool {
        queue.add(record, waiter: waiter, observer: observer, isDeferred: isDeferred)
    }

    /// Queues an interim record, and reports its outcome.
    ///
    /// - Parameters:
    ///   - record: The record.
    ///   - waiter: Called with the outcome on the writer's thread, or at once if the record is dropped or postponed; not called
    ///     if the record is journaled.
    ///   - isDeferred: True to journal the record with others by ``flushJournal()``.
    /// - Returns: True if the record is journaled.
    @discardableResult
    package func recordOpen(
        _ record: consuming CallRecord,
        waiter: (@Sendable (CommitOutcome) -> Void)?,
        isDeferred: Bool = false
    ) -> Bool {
        queue.addOpen(record, waiter: waiter, isDeferred: isDeferred)
    }

    /// Journals the records whose journaling was deferred, with one system call for all.
    ///
    /// - Returns: The number of such records since the last call that could not be journaled, and survive the end of the
    ///   process only once they are committed.
    package func flushJournal() -> Int { queue.flushJournal() }

    /// Makes the records that something waits for survive the end of the process, though the writer is slow.
    ///
    /// - Returns: True if they do; false if the ledger keeps no journal, or cannot write it.
    package func journalAwaited() -> Bool { queue.journalAwaited() }

    /// The counters and the state of the writer, with the present sizes of the files.
    public var statistics: LedgerStatistics {
        var statistics = queue.statistics
        statistics.fileSize = LedgerFile.size(path)
        statistics.logSize = LedgerFile.size("\(path)-wal")
        return statistics
    }

    /// Returns once every record handed in before is committed, or dropped and counted.
    public func flush() async {
        await queue.flush()
    }

    /// Works like ``flush()``, but returns at once while the ledger is failing, and after 100 ms at the latest.
    package func flushUnlessTroubled() async {
        await queue.flush(isImpatient: true)
    }

    /// Adds an observer of the writer's health.
    ///
    /// - Parameter observer: Called when a failure begins, continues to cost records or ends, and when the file was replaced;
    ///   at once if a failure is present. It is called on the writer's thread and must return soon.
    public func observeStatus(_ observer: @escaping @Sendable (LedgerStatusChange) -> Void) {
        queue.observe(observer)
    }

    /// Writes the remaining records and closes the file; drops and counts what cannot be written within the limit.
    ///
    /// - Parameter limit: The time for retrying failed writes.
    /// - Returns: The final counts. Records lost because of closing count as ``DropReason/shutdown``.
    @discardableResult
    public func close(within limit: Duration = .seconds(5)) async -> LedgerStatistics {
        let (seconds, attoseconds) = limit.components
        let nanoseconds = min(max(seconds, 0), 1_000_000) * 1_000_000_000 + attoseconds / 1_000_000_000
        queue.close(deadline: clock.monotonicNanoseconds + max(0, nanoseconds))
        await queue.waitUntilFinished()
        return statistics
    }
}
