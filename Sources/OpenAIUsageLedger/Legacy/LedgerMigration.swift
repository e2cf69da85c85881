import Foundation
import GRDB
import OpenAIUsage

/// Copies a ledger of an older schema into a file of the newest schema.
///
/// The old file is only read, so that nothing is lost if the copy stops at any time: copied rows stay, and the next run
/// resumes after them.
struct LedgerMigration {
    /// The number of rows per transaction.
    private static let stepLength = 8_192
    /// The number of transactions between checkpoints.
    private static let checkpointInterval = 8

    private let source: String
    private let target: String

    /// Creates a migration.
    ///
    /// - Parameters:
    ///   - source: The path or URI of the old file.
    ///   - target: The path of the new file, which may already hold a part of the rows.
    init(from source: String, to target: String) {
        self.source = source
        self.target = target
    }

    /// Copies everything that has not been copied yet.
    ///
    /// - Parameter progress: Called with the copied and the total number of rows.
    /// - Throws: A ``LedgerError``, or an error of SQLite.
    func run(_ progress: (Int64, Int64) throws -> Void) throws {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.foreignKeysEnabled = false
        configuration.busyMode = .timeout(5)
        let old = try DatabaseQueue(path: source, configuration: configuration)
        defer { try? old.close() }
        try LedgerFile.create(target)
        let options = LedgerOptions()
        let new = try LedgerFile.open(target, options: options)
        defer { try? new.close() }
        try new.writeWithoutTransaction { new in
            let isLedger = try old.read { old in
                guard case .ledger(let version) = try LedgerSchema.kind(of: old) else { return false }
                try copyTables(old, version, new)
                return true
            }
            if isLedger { try copyCalls(old, new, options, progress) }
        }
    }

    private func copyCalls(
        _ old: DatabaseQueue,
        _ new: Database,
        _ options: LedgerOptions,
        _ progress: (Int64, Int64) throws -> Void
    ) throws {
        var copied = try Int64.fetchOne(new, sql: "SELECT count(*) FROM call") ?? 0
        let last = try Int64.fetchOne(new, sql: "SELECT max(id) FROM call") ?? .min
        var store = try CallStore(new, options: options, identities: CallIDGenerator.shared(by: options.clock))
        let steps = LegacySteps(of: old, behind: last, length: Self.stepLength)
        defer { steps.end() }
        var count = 0
        while let items = try steps.next() {
            try store.writeRows(items, new)
            try store.flush(new)
            copied += Int64(items.count)
            while try store.merge(new) {}
            count += 1
            if count % Self.checkpointInterval == 0 { _ = try new.checkpoint(.passive) }
            try progress(copied, steps.total)
        }
        guard try Int64.fetchOne(new, sql: "SELECT count(*) FROM call") == steps.total else {
            throw LedgerError(.failed, "\(source) was not copied whole; it is as it was.")
        }
        _ = try new.checkpoint(.truncate)
    }

    /// Copies the small tables.
    private func copyTables(_ old: Database, _ version: Int64, _ new: Database) throws {
        let tables: [(name: String, columns: String, since: Int64)] = [
            ("rate_limit", "project, model, organization, observed_at, call_id, windows", 1),
            ("quarantine", "call_id, started_at, reason", 1),
            ("late_call", "number, call_id", 3),
            ("container_window", "hash, started_at", 3),
        ]
        try new.inTransaction(.immediate) {
            try new.execute(
                sql: "INSERT OR REPLACE INTO meta(name, value) VALUES('fingerprint_secret', ?)",
                arguments: [try Data.fetchOne(old, sql: "SELECT value FROM meta WHERE name = 'fingerprint_secret'")]
            )
            for table in tables where table.since <= version {
                try new.execute(sql: "DELETE FROM \(table.name)")
                let marks = table.columns.split(separator: ",").map { _ in "?" }.joined(separator: ", ")
                for row in try Row.fetchAll(old, sql: "SELECT \(table.columns) FROM \(table.name)") {
                    try new.execute(
                        sql: "INSERT INTO \(table.name)(\(table.columns)) VALUES(\(marks))",
                        arguments: StatementArguments(row.databaseValues)
                    )
                }
            }
            return .commit
        }
    }
}

extension LedgerFile {
    /// Waits until a file or the names in a folder are on disk; no connection of this process may have the file open.
    static func synchronize(_ path: String, isFolder: Bool = false) throws {
        let file = Foundation.open(path, O_RDONLY | O_CLOEXEC)
        defer { if file >= 0 { Foundation.close(file) } }
        // Some file systems do not support syncing a folder.
        guard file >= 0, fsync(file) == 0 || (isFolder && errno == EINVAL) else {
            throw LedgerError(
                .notWritable,
                "\(path) cannot be written to the disk (\(String(cString: strerror(errno))))."
            )
        }
    }

    /// Returns the version of a ledger's schema; `nil` if the file is empty or not a ledger.
    static func version(_ address: String) throws -> Int64? {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.foreignKeysEnabled = false
        configuration.busyMode = .timeout(5)
        let database = try DatabaseQueue(path: address, configuration: configuration)
        defer { try? database.close() }
        guard case .ledger(let version) = try database.read({ try LedgerSchema.kind(of: $0) }) else { return nil }
        return version
    }

    /// Upgrades an unused ledger to the newest schema; the caller holds its lock.
    ///
    /// - Parameters:
    ///   - path: The path of the ledger with all links resolved.
    ///   - progress: Called with the copied and the total number of rows.
    /// - Throws: A ``LedgerError``, or an error of SQLite.
    static func upgrade(_ path: String, _ progress: (Int64, Int64) throws -> Void) throws {
        guard FileFacts(path)?.size ?? 0 > 0, let version = try version(path),
            version < LedgerSchema.oldestCompatibleVersion
        else { return }
        try requireSingleName(path)
        // The old file must hold all rows, including those of its log, which is removed.
        do {
            let database = try DatabaseQueue(path: path)
            try database.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
            try database.close()
        }
        let copy = "\(path)-upgrade"
        do {
            try LedgerMigration(from: path, to: copy).run(progress)
        } catch  where LedgerError(error, path: copy).isDamage {
            // The copy itself is damaged, and can be repeated.
            for suffix in ["", "-wal", "-shm"] { unlink("\(copy)\(suffix)") }
            try LedgerMigration(from: path, to: copy).run(progress)
        }
        try synchronize(copy)
        for suffix in ["-wal", "-shm"] { unlink("\(path)\(suffix)") }
        // The log of the old file would corrupt the new one.
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        try synchronize(folder, isFolder: true)
        guard rename(copy, path) == 0 else {
            throw LedgerError(
                .notWritable,
                "\(copy) cannot be renamed to \(path) (\(String(cString: strerror(errno))))."
            )
        }
        try synchronize(folder, isFolder: true)
    }
}
