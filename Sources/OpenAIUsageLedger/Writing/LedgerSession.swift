import GRDB
import OpenAIUsage

/// A ledger's file while it is open for writing, with everything that the writer remembers of it.
struct LedgerSession {
    let path: String
    let database: DatabaseQueue
    let log: LogLength
    var store: CallStore
    var files: LedgerFiles
    /// The rows that were committed to the file in this session.
    var committed: Int64 = 0
    /// The rows that are in the log alone.
    var logged: Int64 = 0

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
        try LedgerFile.prepare(path)
        try LedgerFile.create(path)
        database = try LedgerFile.open(path, options: options)
        let log = LogLength()
        self.log = log
        do {
            store = try database.writeWithoutTransaction { database in
                try LedgerFile.begin(database, clock: options.clock, secret: secret)
                log.install(on: database)
                let newest = try Int64.fetchOne(database, sql: "SELECT max(id) FROM call")
                if let newest { identities.advance(past: CallID(rawValue: newest)) }
                return try CallStore(database, options: options, identities: identities)
            }
        } catch {
            try? database.close()
            throw error
        }
        files = LedgerFiles(path)
    }

    /// True if a file became shorter in a way that SQLite has itself, as by a checkpoint or `VACUUM` of another program, or
    /// if what was cut off was in the log and is back.
    func isHarmless(_ damage: LedgerFiles.Damage) -> Bool {
        let isSound = try? database.writeWithoutTransaction { database in
            switch damage {
            case .moved, .logMoved: return false
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
                guard let size, LedgerFile.size(path) ?? 0 >= size else { return false }
                // The check must read the file, and neither the log nor what is cached.
                _ = try database.checkpoint(.truncate)
                try database.execute(sql: "PRAGMA shrink_memory")
                return try String.fetchOne(database, sql: "PRAGMA quick_check(1)") == "ok"
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
}
