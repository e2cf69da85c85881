import Foundation
import GRDB
public import OpenAIUsage

/// The durable account of all calls: an SQLite file, and the one thread that writes to it.
///
/// Records are handed over through a bounded queue, and a whole queue is written in one transaction. Only one process may
/// write to a ledger; any number may read it with a ``LedgerReader`` meanwhile.
public final class Ledger: UsageSink {
    /// The path of the SQLite file, in which all links are resolved.
    public let path: String

    /// The objects that the calls of this ledger have counted, or wait to be told the usage of.
    public let objects: BilledObjects

    /// The secret of this ledger, with which fingerprints of keys are made.
    package let fingerprintSecret: [UInt8]
    /// The newest identity that was in the ledger when it was opened.
    package let newestCallID: CallID?

    /// The source of identities for every call that is to be kept in this ledger.
    package let identities: CallIDGenerator

    let queue: RecordQueue
    private let lock: LedgerLock
    let clock: any UsageClock

    /// Opens a ledger to write to it; a new one is created, with its folder.
    ///
    /// Calls that a crash has left open become interrupted. A ledger that is damaged is renamed, and a new one begun at its
    /// path; observers of the status are told.
    ///
    /// - Throws: A ``LedgerError``, in particular if another process writes to the ledger, or if the file is no ledger.
    public init(path: String, options: LedgerOptions = LedgerOptions()) throws {
        clock = options.clock
        // The files beside the ledger are beside the file itself, whatever link leads to it.
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
        // The thread keeps what it needs, and ends by itself once everything is written.
        queue.close(deadline: clock.monotonicNanoseconds + 5_000_000_000)
    }

    /// Takes a finished record; it never blocks, and drops and counts what it has no room for.
    public func record(_ record: consuming CallRecord) {
        queue.add(record)
    }

    /// Takes an interim record, which the finished one replaces.
    public func recordOpen(_ record: consuming CallRecord) {
        queue.addOpen(record)
    }

    /// Takes a finished record, and tells what became of it.
    ///
    /// - Parameters:
    ///   - record: The record.
    ///   - waiter: Called on the writer's thread, or at once if there is no room; not called if the record is kept already.
    ///   - observer: Called with the record in the same way, but in any case.
    /// - Returns: True if the record is kept already: it survives the end of the process.
    @discardableResult
    package func record(
        _ record: consuming CallRecord,
        waiter: (@Sendable (CommitOutcome) -> Void)?,
        observer: (@Sendable (CallRecord, CommitOutcome) -> Void)? = nil
    ) -> Bool {
        queue.add(record, waiter: waiter, observer: observer)
    }

    /// Takes an interim record, and tells what became of it.
    ///
    /// - Parameters:
    ///   - record: The record.
    ///   - waiter: Called on the writer's thread, or at once if there is no room; not called if the record is kept already.
    /// - Returns: True if the record is kept already.
    @discardableResult
    package func recordOpen(_ record: consuming CallRecord, waiter: (@Sendable (CommitOutcome) -> Void)?) -> Bool {
        queue.addOpen(record, waiter: waiter)
    }

    /// The state of the writer.
    public var statistics: LedgerStatistics {
        var statistics = queue.statistics
        statistics.fileSize = LedgerFile.size(path)
        statistics.logSize = LedgerFile.size("\(path)-wal")
        return statistics
    }

    /// Returns when everything that was handed in before is committed, or lost and counted.
    public func flush() async {
        await queue.flush()
    }

    /// Returns when everything that was handed in before is committed, or lost and counted; at once while the ledger is in
    /// trouble, and after 100 ms at the latest.
    package func flushUnlessTroubled() async {
        await queue.flush(isImpatient: true)
    }

    /// Adds an observer of the writer's health.
    ///
    /// - Parameter observer: Called when a failure begins, when it has ended, and when the file was replaced; at once if a
    ///   failure lasts already. It is called on the writer's thread and must return soon.
    public func observeStatus(_ observer: @escaping @Sendable (LedgerStatusChange) -> Void) {
        queue.observe(observer)
    }

    /// Writes what is left, and closes the file; what cannot be written within the limit is dropped and counted.
    ///
    /// - Parameter limit: How long records that cannot be written are tried again.
    /// - Returns: The final counts, in which records that were lost because of the end are ``DropReason/shutdown``.
    @discardableResult
    public func close(within limit: Duration = .seconds(5)) async -> LedgerStatistics {
        let (seconds, attoseconds) = limit.components
        let nanoseconds = min(max(seconds, 0), 1_000_000) * 1_000_000_000 + attoseconds / 1_000_000_000
        queue.close(deadline: clock.monotonicNanoseconds + max(0, nanoseconds))
        await queue.waitUntilFinished()
        return statistics
    }
}
