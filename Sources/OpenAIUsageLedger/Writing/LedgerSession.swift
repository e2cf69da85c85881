import GRDB
import OpenAIUsage

/// A ledger's file while it is open for writing, with everything that the writer remembers of it.
struct LedgerSession {
    let path: String
    let database: DatabaseQueue
    let log: LogLength
    var store: CallStore
    var files: LedgerFiles
    /// The calls that were committed to the file in this session.
    var committed: Int64 = 0
    /// The calls that are in the log alone.
    var logged: Int64 = 0
    /// The size from which on the file is checked in the background, in bytes.
    let checkLimit: Int64
    /// The check of the file that is under way.
    var backgroundCheck: BackgroundCheck?
    /// The monotonic time before which none is begun, in nanoseconds.
    var nextBackgroundCheck: Int64 = .min
    /// The time that is left for checks.
    var allowance = CheckAllowance()
    /// SQLite's count of the changes by other connections, when it was last asked for.
    var dataVersion: Int64?
    /// The mark of this session in the file.
    let openedAt: Int64

    /// Opens the file, brings it to the newest schema and begins a session.
    ///
    /// - Parameters:
    ///   - path: The file, which is created if there is none.
    ///   - options: How the ledger writes.
    ///   - secret: The secret that a new file is given; `nil` for one of its own.
    ///   - identities: The source of identities, which go on after those in the file.
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
                // The newest rows may be gone, and their identities must not come again.
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
        // What was put at the path meanwhile must not be taken for the file that is open.
        let hasMoved = database.writeWithoutTransaction { $0.sqliteConnection.map(RawFile.hasMoved) ?? false }
        guard !hasMoved else {
            // The log must not be left to the other file.
            _ = try? database.writeWithoutTransaction { try $0.checkpoint(.truncate) }
            try? database.close()
            throw LedgerError(.replaced, "\(path) was removed or replaced while it was opened.")
        }
    }

    /// True if a file became shorter in a way that SQLite has itself, as by a checkpoint or `VACUUM` of another program, or
    /// if what was cut off was in the log and is back; the content is to be checked all the same.
    func isHarmless(_ damage: LedgerFiles.Damage) -> Bool {
        let isSound = try? database.writeWithoutTransaction { database in
            switch damage {
            case .moved, .logMoved, .overwritten, .logOverwritten: return false
            case .logTruncated:
                // The index of the log knows of a log that SQLite has emptied, and perhaps begun anew: all that it counts is
                // there. Of a log that was cut off behind SQLite's back a checkpoint cannot read what it must copy.
                let frames = Int64(try database.checkpoint(.passive).walFrameCount)
                let pageSize = try Int64.fetchOne(database, sql: "PRAGMA page_size") ?? 0
                return frames <= 0 || LedgerFile.size("\(path)-wal") ?? 0 >= 32 + frames * (24 + pageSize)
            case .truncated:
                // The log may hold what is missing; else it is needed by whoever saves the rows.
                _ = try database.checkpoint(.passive)
                let size = try Int64.fetchOne(
                    database,
                    sql: "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
                )
                return size.map { LedgerFile.size(path) ?? 0 >= $0 } ?? false
            }
        }
        return isSound == true
    }

    /// Copies the whole log into the database, wherever its files are now.
    ///
    /// - Returns: True if nothing is in the log alone any more.
    func saveLog() -> Bool {
        // Readers may keep the log from being emptied; what counts is that everything is copied.
        let progress = try? database.writeWithoutTransaction { try $0.checkpoint(.passive) }
        _ = try? database.writeWithoutTransaction { try $0.checkpoint(.truncate) }
        guard let progress else { return false }
        return progress.walFrameCount == progress.checkpointedFrameCount
    }

    /// The number of finished calls in the file that began at a time or later, in microseconds since 1970.
    func calls(since time: Int64) -> Int64 {
        let count = try? database.writeWithoutTransaction { database in
            try Int64.fetchOne(
                database,
                sql: "SELECT count(*) FROM call WHERE id >= ? AND result > 0",
                arguments: [time << 11]
            )
        }
        return count ?? 0
    }

    /// Notes what became of items that are committed.
    mutating func note(_ items: ArraySlice<RecordQueue.Item>, _ outcomes: [CommitOutcome]) {
        for (item, outcome) in zip(items, outcomes) where !item.isOpen {
            if case .dropped = outcome { continue }
            committed += 1
            logged += 1
        }
    }

    /// Adds the pending rows to the rollups and to the index by identities.
    mutating func flush() throws {
        try database.writeWithoutTransaction { try store.flush($0) }
        files.note()
    }

    /// Merges segments of the index by identities.
    ///
    /// - Returns: True if there were enough of them.
    mutating func merge() throws -> Bool {
        let isMerged = try database.writeWithoutTransaction { try store.merge($0) }
        files.note()
        return isMerged
    }

    /// Copies as much of the log into the database as readers allow.
    ///
    /// - Returns: True if nothing is in the log alone any more.
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

    /// Ends a check that is under way, and closes the file.
    func close() {
        backgroundCheck?.cancel()
        try? database.close()
    }
}
