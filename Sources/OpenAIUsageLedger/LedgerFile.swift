import Foundation
import GRDB
import OpenAIUsage

/// The steps of opening a ledger's file.
enum LedgerFile {
    /// The first bytes of every SQLite file.
    private static let magic = Array("SQLite format 3\0".utf8)

    /// Creates the folder, and refuses what cannot be a ledger before anything is changed.
    static func prepare(_ path: String) throws {
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) {
            try requireSQLite(path)
            guard access(path, W_OK) == 0 else {
                throw LedgerError(.notWritable, "\(path) cannot be written to; check its permissions.")
            }
            return
        }
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        do {
            try FileManager.default.createDirectory(
                atPath: folder,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw LedgerError(.notWritable, "The folder \(folder) cannot be created; check the permissions above it.")
        }
    }

    /// Refuses a file that does not begin as SQLite files do; an empty one passes.
    static func requireSQLite(_ path: String) throws {
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
            throw LedgerError(.notSQLite, "\(path) is a folder; give the path of a file.")
        }
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw LedgerError(.notReadable, "\(path) cannot be read; check its permissions.")
        }
        defer { try? file.close() }
        let start = (try? file.read(upToCount: magic.count)) ?? Data()
        guard start.isEmpty || Array(start) == magic else {
            throw LedgerError(.notSQLite, "\(path) is not an SQLite database; give another path.")
        }
    }

    /// Creates an empty file that only its owner can read, since it says who calls what.
    static func create(_ path: String) throws {
        let file = Foundation.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            let reason = String(cString: strerror(errno))
            throw LedgerError(.notWritable, "\(path) cannot be created (\(reason)); check the folder's permissions.")
        }
        Foundation.close(file)
    }

    /// Opens the file for writing, and brings it to the newest schema.
    static func open(_ path: String, options: LedgerOptions) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        configuration.busyMode = .timeout(0.25)
        configuration.label = "ledger"
        let database = try DatabaseQueue(path: path, configuration: configuration)
        do {
            try database.writeWithoutTransaction { database in
                try LedgerSchema.requireLedger(database, path: path, allowsEmpty: true)
                try configure(database, options: options)
            }
            try LedgerSchema.migrator.migrate(database)
        } catch {
            try? database.close()
            throw error
        }
        return database
    }

    /// The schema of a ledger as its file's header tells it, which the log may be ahead of; `nil` for no ledger.
    static func version(_ path: String) -> Int64? {
        guard let file = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? file.close() }
        guard let header = try? file.read(upToCount: 100), header.count == 100 else { return nil }
        func number(at offset: Int) -> Int64 {
            header[offset..<offset + 4].reduce(0) { $0 << 8 | Int64($1) }
        }
        return number(at: 68) == LedgerSchema.applicationID ? number(at: 60) : nil
    }

    /// Brings a ledger that nobody writes to the newest schema.
    static func upgrade(_ path: String) throws {
        let lock = try LedgerLock(path: "\(path).lock", purpose: "oai-usage, which upgrades it")
        defer { lock.release() }
        try open(path, options: LedgerOptions()).close()
    }

    private static func configure(_ database: Database, options: LedgerOptions) throws {
        // Rows are some 600 bytes long: larger pages mean fewer writes. Only a new file heeds it.
        try database.execute(sql: "PRAGMA page_size = 8192")
        let mode = try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL")
        guard mode == "wal" else {
            throw LedgerError(
                .failed,
                "The file system does not allow a write-ahead log (journal mode \(mode ?? "unknown")); use a local one."
            )
        }
        // The writer copies the log itself, after it has told who waits for the commit.
        try database.execute(
            sql: """
                PRAGMA synchronous = \(options.syncsEveryCommit ? "FULL" : "NORMAL");
                PRAGMA wal_autocheckpoint = 0;
                PRAGMA journal_size_limit = 67108864;
                PRAGMA cache_size = -16000;
                PRAGMA temp_store = MEMORY;
                PRAGMA secure_delete = OFF;
                """
        )
    }

    /// Begins a session: gives a new ledger its secret, and marks what a crash has left open.
    static func begin(_ database: Database, clock: any UsageClock) throws {
        try database.inTransaction(.immediate) {
            var generator = SystemRandomNumberGenerator()
            let secret = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
            try database.execute(
                sql: "INSERT OR IGNORE INTO meta(name, value) VALUES('fingerprint_secret', ?)",
                arguments: [Data(secret)]
            )
            try database.execute(sql: "UPDATE call SET outcome = 'interrupted' WHERE outcome = 'open'")
            // This write also sees to it that the log is there, by which readers know that the ledger is in use.
            try database.execute(
                sql: "INSERT OR REPLACE INTO meta(name, value) VALUES('opened_at', ?)",
                arguments: [clock.wallMicroseconds]
            )
            return .commit
        }
    }

    /// The secret of the ledger.
    static func secret(_ database: Database) throws -> [UInt8] {
        let secret = try Data.fetchOne(database, sql: "SELECT value FROM meta WHERE name = 'fingerprint_secret'")
        return Array(secret ?? Data())
    }

    /// The size of a file; `nil` if there is none.
    static func size(_ path: String) -> Int64? {
        var information = stat()
        return stat(path, &information) == 0 ? Int64(information.st_size) : nil
    }
}
