import Foundation
import GRDB
import OpenAIUsage

/// Steps of opening a ledger's file.
enum LedgerFile {
    /// Returns the path with all symbolic links resolved, even if the file does not exist.
    ///
    /// - Throws: A ``LedgerError`` if the links form a cycle.
    static func resolve(_ path: String) throws -> String {
        var path = path
        for _ in 0..<40 {
            if let real = real(path) { return real }
            let url = URL(fileURLWithPath: path)
            let folder = url.deletingLastPathComponent().path
            var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
            let count = buffer.withUnsafeMutableBytes { bytes in
                bytes.withMemoryRebound(to: CChar.self) {
                    $0.baseAddress.map { readlink(path, $0, Int(PATH_MAX)) } ?? 0
                }
            }
            guard count > 0 else { return real(folder).map { "\($0)/\(url.lastPathComponent)" } ?? path }
            let target = String(decoding: buffer.prefix(count), as: UTF8.self)
            path = target.hasPrefix("/") ? target : "\(folder)/\(target)"
        }
        throw LedgerError(.notReadable, "\(path) is a link that leads in a circle; give the path of a file.")
    }

    private static func real(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// Throws if the file has more than one hard link.
    ///
    /// SQLite names the log after the path by which a database was opened. Under another name the newest rows are invisible,
    /// and writing under two names corrupts the database.
    static func requireSingleName(_ path: String) throws {
        guard let facts = FileFacts(path), facts.links > 1 else { return }
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        throw LedgerError(
            .hardLinked,
            "\(path) has \(facts.links) names (hard links), which would corrupt it; remove the others (find them with `find \(folder) -xdev -samefile \(path)`), or use a copy."
        )
    }

    /// Throws if the path cannot be a ledger; creates the folder if there is no file yet.
    static func prepare(_ path: String) throws {
        if path.contains("://") {
            throw LedgerError(
                .notWritable,
                "\(path) is a URL; a ledger is written to a file of this machine, so give a path."
            )
        }
        if FileManager.default.fileExists(atPath: path) {
            try requireFile(path)
            try requireSingleName(path)
            guard access(path, W_OK) == 0 else {
                throw LedgerError(.notWritable, "\(path) cannot be written to; check its permissions.")
            }
            return
        }
        try createFolder(of: path)
    }

    /// Creates the folder of a file if it is missing.
    static func createFolder(of path: String) throws {
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

    /// Throws if the path is a folder.
    static func requireFile(_ path: String) throws {
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
            throw LedgerError(.notSQLite, "\(path) is a folder; give the path of a file.")
        }
    }

    /// Creates an empty file that only its owner can read, since a ledger shows who calls what.
    ///
    /// An existing file is not opened: closing a descriptor of it would drop the locks of all connections of this process.
    static func create(_ path: String) throws {
        let file = Foundation.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if file >= 0 {
            // The file itself is there already: the owner of the folder counts.
            FileOwner.adopt(file, of: (path as NSString).deletingLastPathComponent + "/")
            Foundation.close(file)
            return
        }
        let code = errno
        if code == EEXIST { return }
        let reason = String(cString: strerror(code))
        if code == ENOSPC || code == EDQUOT {
            throw LedgerError(.diskFull, "No space is left for \(path) (\(reason)); free some and try again.")
        }
        throw LedgerError(.notWritable, "\(path) cannot be created (\(reason)); check the folder's permissions.")
    }

    /// Opens the file for writing; creates the schema in a new file, or updates the view of a compatible one.
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
                try LedgerSchema.create(database)
                try LedgerSchema.requireNewest(database, path: path)
            }
        } catch {
            try? database.close()
            throw error
        }
        return database
    }

    private static func configure(_ database: Database, options: LedgerOptions) throws {
        // Larger pages mean fewer writes, and incremental vacuum returns free pages in steps. Both affect only a new file.
        try database.execute(sql: "PRAGMA page_size = 8192; PRAGMA auto_vacuum = INCREMENTAL")
        let mode = try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL")
        guard mode == "wal" else {
            throw LedgerError(
                .failed,
                "The file system does not allow a write-ahead log (journal mode \(mode ?? "unknown")); use a local one."
            )
        }
        // The writer runs checkpoints itself, after it has notified those who wait for a commit.
        try database.execute(
            sql: """
                PRAGMA synchronous = \(options.syncsEveryCommit ? "FULL" : "NORMAL");
                PRAGMA wal_autocheckpoint = 0;
                PRAGMA journal_size_limit = \(LedgerFiles.logSizeLimit);
                PRAGMA cache_size = -16000;
                PRAGMA temp_store = MEMORY;
                PRAGMA secure_delete = OFF;
                """
        )
    }

    /// Starts a session: creates the secret of a new ledger, and marks calls that a crash left in flight.
    ///
    /// - Parameters:
    ///   - database: The ledger.
    ///   - now: The start of the session in microseconds since 1970, which identifies the session in the file.
    ///   - secret: The secret for a new ledger; `nil` for a random one.
    /// - Throws: An error of SQLite.
    static func begin(_ database: Database, at now: Int64, secret: [UInt8]?) throws {
        try database.inTransaction(.immediate) {
            var generator = SystemRandomNumberGenerator()
            let secret = secret ?? (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
            try database.execute(
                sql: "INSERT OR IGNORE INTO meta(name, value) VALUES('fingerprint_secret', ?)",
                arguments: [Data(secret)]
            )
            let identity = (0..<4).map { _ in String(UInt32.random(in: 0x1000_0000 ... .max), radix: 16) }.joined()
            try database.execute(
                sql: "INSERT OR IGNORE INTO meta(name, value) VALUES('ledger_id', ?)",
                arguments: [identity]
            )
            try interruptCallsInFlight(database)
            // This write also creates the log, by which readers detect that the ledger is in use.
            try database.execute(
                sql: "INSERT OR REPLACE INTO meta(name, value) VALUES('opened_at', ?)",
                arguments: [now]
            )
            return .commit
        }
    }

    /// Marks the calls that a crash left in flight as interrupted.
    private static func interruptCallsInFlight(_ database: Database) throws {
        let results = try Int64.fetchAll(database, sql: "SELECT DISTINCT -result FROM call WHERE result < 0")
        guard !results.isEmpty else { return }
        var facts = try SharedRowWriter(database, capacity: LedgerOptions().labelCapacity)
        try database.execute(sql: "INSERT INTO late_call(call_id) SELECT id FROM call WHERE result < 0")
        // Calls among rows that are already flushed are listed, so that they are flushed too.
        try database.execute(
            sql: """
                INSERT OR IGNORE INTO pending_call(call_id) SELECT id FROM call WHERE result < 0
                    AND id <= (SELECT value FROM meta WHERE name = 'flushed_through')
                """
        )
        for number in results {
            guard var result = facts.tables.result(number) else { continue }
            result.outcome = .interrupted
            try database.execute(
                sql: "UPDATE call SET result = ? WHERE result = ?",
                arguments: [facts.number(of: result), -number]
            )
        }
        try facts.save(database)
    }

    /// The secret of the ledger; empty if it has none.
    static func secret(_ database: Database) throws -> [UInt8] {
        let secret = try Data.fetchOne(database, sql: "SELECT value FROM meta WHERE name = 'fingerprint_secret'")
        return Array(secret ?? Data())
    }

    /// The size of a file in bytes; `nil` if there is none.
    static func size(_ path: String) -> Int64? {
        var information = stat()
        return stat(path, &information) == 0 ? Int64(information.st_size) : nil
    }
}
