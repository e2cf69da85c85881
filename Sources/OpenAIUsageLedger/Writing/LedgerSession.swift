import GRDB
import OpenAIUsage

/// A ledger's file opened for writing, with the writer's state for it.
struct LedgerSession {
    let path: String
    let database: DatabaseQueue
    let log: LogLength
    var store: CallStore
    var files: LedgerFiles
    /// The frames of the log at the last inspection.
    var inspectedFrames = 0
    /// The calls committed to the file in this session.
    var committed: Int64 = 0
    /// The calls that are only in the log.
    var logged: Int64 = 0
    /// The size from which the file is checked in the background, in bytes.
    let checkLimit: Int64
    /// The running background check; `nil` if there is none.
    var backgroundCheck: BackgroundCheck?
    /// The earliest start of the next background check, in monotonic nanoseconds.
    var nextBackgroundCheck: Int64 = .min
    /// The time budget for checks.
    var allowance = CheckAllowance()
    /// The last known `data_version` of SQLite, which changes with commits by other connections.
    var dataVersion: Int64?
    /// The start of the session in microseconds since 1970, which identifies the session in the file.
    let openedAt: Int64

    /// Opens the file, upgrades it to the newest schema and starts a session.
    ///
    /// - Parameters:
    ///   - path: The file, which is created if missing.
    ///   - options: The options of the ledger.
    ///   - secret: The secret for a new file; `nil` for a random one.
    ///   - identities: The generator of call IDs, which continues after those in the file.
    /// - Throws: A ``LedgerError``, or an error of SQLite.
    init(path: String, options: LedgerOptions, secret: [UInt8]?, identities: CallIDGenerator) throws {
        self.path = path
        checkLimit = options.checkLimit
        try LedgerFile.prepare(path)
        try LedgerFile.create(path)
        try LedgerFile.upgrade(path) { copied, all in try options.upgradeObserver?(copied, all) }
        database = try LedgerFile.open(path, options: options)
        let log = LogLength()
        self.log = log
        do {
            let opened = options.clock.wallMicroseconds
            openedAt = opened
            (store, dataVersion) = try database.writeWithoutTransaction { database in
                try LedgerFile.begin(database, at: opened, secret: secret)
                log.install(on: database)
                // The newest rows may be pruned, and their IDs must not be reused.
                let newest = try Int64.fetchOne(
                    database,
                    sql: "SELECT max(v) FROM (SELECT max(id) AS v FROM call UNION ALL "
                        + "SELECT value FROM meta WHERE name = 'flushed_through')"
                )
                if let newest { identities.advance(past: CallID(rawValue: newest)) }
                let store = try CallStore(database, options: options, identities: identities)
                return (store, try Int64.fetchOne(database, sql: "PRAGMA data_version"))
            }
        } catch {
            try? database.close()
            throw error
        }
        options.hooks.afterOpening?()
        files = LedgerFiles(path)
        // A file that was put at the path meanwhile must not be mistaken for the open one.
        let hasMoved = database.writeWithoutTransaction { $0.sqliteConnection.map(RawFile.hasMoved) ?? false }
        guard !hasMoved else {
            // The log must not remain beside the other file.
            _ = try? database.writeWithoutTransaction { try $0.checkpoint(.truncate) }
            try? database.close()
            throw LedgerError(.replaced, "\(path) was removed or replaced while it was opened.")
        }
    }

    /// True if a file became shorter by regular work of SQLite, such as a checkpoint or `VACUUM` by another program, or if the
    /// missing part was in the log and is restored.
    ///
    /// The content must be checked nevertheless.
    ///
    /// - Throws: An error of SQLite if another program holds the file so long that it cannot be told.
    func isHarmless(_ damage: LedgerFiles.Damage) throws -> Bool {
        do {
            return try database.writeWithoutTransaction { database in
                switch damage {
                case .moved, .logMoved, .overwritten, .logOverwritten: return false
                case .logTruncated: return try hasWholeLog(database)
                case .truncated:
                    // The log may hold the missing part; otherwise it is needed to recover rows.
                    _ = try database.checkpoint(.passive)
                    let size = try Int64.fetchOne(
                        database,
                        sql: "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
                    )
                    return size.map { LedgerFile.size(path) ?? 0 >= $0 } ?? false
                }
            }
        } catch let error as DatabaseError where [.SQLITE_BUSY, .SQLITE_LOCKED].contains(error.resultCode) {
            throw error
        } catch {
            return false
        }
    }

    /// How often the write lock is tried, each time for the connection's busy timeout of a quarter of a second.
    private static let lockAttempts = 20

    /// True if all frames exist that the log's index counts; it counts none after SQLite has reset the log.
    private func hasWholeLog(_ database: Database) throws -> Bool {
        var isWhole = false
        // Another program that resets the log shortens it in several steps, under the write lock. Without that lock nothing
        // can be committed anyway, so it is worth waiting for.
        for attempt in 1...Self.lockAttempts {
            do {
                try database.inTransaction(.immediate) {
                    isWhole = try LogCheck.hasAllFrames(database)
                    return .rollback
                }
                return isWhole
            } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY && attempt < Self.lockAttempts {
                continue
            }
        }
        return isWhole
    }

    /// Copies the whole log into the database, wherever the files are.
    ///
    /// - Returns: True if nothing is left in the log alone.
    func saveLog() -> Bool {
        // Readers may keep the log from being emptied; it suffices that everything is copied.
        let progress = try? database.writeWithoutTransaction { try $0.checkpoint(.passive) }
        _ = try? database.writeWithoutTransaction { try $0.checkpoint(.truncate) }
        guard let progress else { return false }
        return progress.walFrameCount == progress.checkpointedFrameCount
    }

    /// The number of finished calls in the file that started at a time or later, in microseconds since 1970; none if the
    /// file is damaged.
    ///
    /// - Throws: An error of SQLite if the file cannot be read at present.
    func calls(since time: Int64) throws -> Int64 {
        do {
            let count = try database.writeWithoutTransaction { database in
                try Int64.fetchOne(
                    database,
                    sql: "SELECT count(*) FROM call WHERE id >= ? AND result > 0",
                    arguments: [time << 11]
                )
            }
            return count ?? 0
        } catch {
            guard LedgerError(error, path: path).isDamage else { throw error }
            return 0
        }
    }

    /// Counts the committed items.
    mutating func note(_ items: ArraySlice<RecordQueue.Item>, _ outcomes: [CommitOutcome]) {
        for (item, outcome) in zip(items, outcomes) where !item.isOpen {
            if case .dropped = outcome { continue }
            committed += 1
            logged += 1
        }
    }

    /// Adds the pending rows to the rollups and the identity index.
    mutating func flush() throws {
        try database.writeWithoutTransaction { try store.flush($0) }
        files.note()
    }

    /// Merges segments of the identity index.
    ///
    /// - Returns: True if there were enough segments to merge.
    mutating func merge() throws -> Bool {
        let isMerged = try database.writeWithoutTransaction { try store.merge($0) }
        files.note()
        return isMerged
    }

    /// Copies as much of the log into the database as readers allow.
    ///
    /// - Returns: True if nothing is left in the log alone.
    @discardableResult
    mutating func copyLog() throws -> Bool {
        let (progress, size) = try database.writeWithoutTransaction { database in
            let pages = try PruneRun.Pages(database)
            return (try database.checkpoint(.passive), pages.count * pages.size)
        }
        guard progress.walFrameCount == progress.checkpointedFrameCount else { return false }
        logged = 0
        files.noteCopied(size: size)
        return true
    }

    /// Cancels a running check, and closes the file.
    func close() {
        backgroundCheck?.cancel()
        try? database.close()
    }
}
