import Foundation
import GRDB
import GRDBSQLite
import Synchronization

/// A connection that can only read, and what the files were like when it was made.
final class LedgerView: Sendable {
    /// The connection.
    let database: DatabaseQueue

    private let facts = Mutex(SharedTables())
    /// The path as it was given; a link in it may lead elsewhere later.
    private let given: String
    /// The path with all links resolved, beside which the log is.
    private let path: String
    private let identity: FileFacts?
    private let log: FileFacts?
    private let isImmutable: Bool
    private let copy: TemporaryCopy?

    /// Opens a ledger for reading.
    ///
    /// A ledger without a write-ahead log is in use by nobody. It is then opened as a file that does not change, which
    /// leaves no files beside it, and also works where none can be created.
    ///
    /// - Parameters:
    ///   - path: The ledger.
    ///   - progress: Called while a ledger of an older version is brought to the newest one.
    /// - Throws: A ``LedgerError``.
    init(path: String, progress: LedgerReader.Progress? = nil) throws {
        guard FileManager.default.fileExists(atPath: path) else {
            throw LedgerError(.missing, "There is no ledger at \(path); give another path, or start the gateway first.")
        }
        try LedgerFile.requireFile(path)
        given = path
        let path = try LedgerFile.resolve(path)
        self.path = path
        var files = Files(path)
        var copy: TemporaryCopy?
        do {
            var database = try Self.connection(path, isImmutable: files.isImmutable)
            let isOld = try Self.isOld(database, path: path)
            if isOld || RecordJournal.hasRemains(path) {
                try database.close()
                if isOld { copy = try Self.upgrade(path, progress) }
                try Self.recoverRemains(path)
                files = Files(path)
                database = try Self.connection(copy?.path ?? path, isImmutable: copy == nil && files.isImmutable)
                try database.read { try LedgerSchema.requireNewest($0, path: path) }
            }
            self.database = database
        } catch {
            throw LedgerError(error, path: path)
        }
        self.copy = copy
        (identity, isImmutable) = (files.identity, files.isImmutable)
        log = FileFacts("\(path)-wal")
    }

    /// The state of a ledger's files before it is opened.
    private struct Files {
        let identity: FileFacts?
        let isImmutable: Bool

        init(_ path: String) {
            isImmutable = (LedgerFile.size("\(path)-wal") ?? 0) == 0 && LedgerView.understandsAddresses
            identity = FileFacts(path)
        }
    }

    /// Completes a ledger whose writer was killed.
    private static func recoverRemains(_ path: String) throws {
        guard RecordJournal.hasRemains(path) else { return }
        do {
            try LedgerSession.recoverRemains(path)
        } catch let error as LedgerError where [.locked, .notWritable].contains(error.code) {
            // Whoever writes to it completes it; who may not write cannot.
        }
    }

    /// True if a ledger is of a version that has to be copied first.
    private static func isOld(_ database: DatabaseQueue, path: String) throws -> Bool {
        try database.read { database in
            try LedgerSchema.requireLedger(database, path: path, allowsEmpty: false)
            guard case .ledger(let version) = try LedgerSchema.kind(of: database) else { return false }
            return version < LedgerSchema.oldestCompatibleVersion
        }
    }

    /// Brings a ledger of an older version that nobody uses to the newest one.
    ///
    /// - Returns: A copy of the newest version, if the file cannot be written to; `nil` if it is of that version now.
    private static func upgrade(_ path: String, _ progress: LedgerReader.Progress?) throws -> TemporaryCopy? {
        let address = Files(path).isImmutable ? address(path) : path
        guard let version = try LedgerFile.version(address), version < LedgerSchema.oldestCompatibleVersion else {
            return nil
        }
        do {
            let lock = try LedgerLock(path: "\(path).lock", purpose: "oai-usage, which upgrades it")
            defer { lock.release() }
            guard access(path, W_OK) == 0 else { throw LedgerError(.notWritable, path) }
            try LedgerFile.upgrade(path) { progress?($0, $1) }
            return nil
        } catch let error as LedgerError where error.code == .notWritable {
            let copy = try TemporaryCopy()
            try LedgerMigration(from: address, to: copy.path).run { progress?($0, $1) }
            return copy
        } catch let error as LedgerError where error.code == .locked {
            // The writer may be of this version, and have upgraded the ledger by now.
            return nil
        }
    }

    /// A ledger that lasts as long as it is read.
    private final class TemporaryCopy: Sendable {
        private let folder: String
        var path: String { "\(folder)/ledger.db" }

        init() throws {
            let url = FileManager.default.temporaryDirectory.appendingPathComponent("oai-usage-\(UUID().uuidString)")
            folder = url.path
            try FileManager.default.createDirectory(
                at: url,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        }

        deinit { try? FileManager.default.removeItem(atPath: folder) }
    }

    private static func connection(_ path: String, isImmutable: Bool) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.foreignKeysEnabled = false
        configuration.busyMode = .timeout(5)
        configuration.label = "ledger.reader"
        return try DatabaseQueue(path: isImmutable ? address(path) : path, configuration: configuration)
    }

    /// Whether the connection still shows what is at the path.
    var isCurrent: Bool {
        guard let now = FileFacts(given), let then = identity else { return false }
        if isImmutable { return now == then && (LedgerFile.size("\(path)-wal") ?? 0) == 0 }
        // A writer that goes on after it has lost its log begins another.
        return now.isSameFile(as: then) && FileFacts("\(path)-wal").map { $0.isSameFile(as: log) } ?? false
    }

    /// The facts that rows refer to, with those that were added since the last time.
    func updatedFacts(_ database: Database) throws -> SharedTables {
        try facts.withLock { facts in
            try facts.update(database)
            return facts
        }
    }

    // Without this option of SQLite's build an address would be taken for the name of a file.
    private static var understandsAddresses: Bool { sqlite3_compileoption_used("USE_URI") != 0 }

    private static func address(_ path: String) -> String {
        var address = "file:"
        for byte in URL(fileURLWithPath: path).path.utf8 {
            switch byte {
            case UInt8(ascii: "/"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), 0x30...0x39, 0x41...0x5a,
                0x61...0x7a:
                address.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                address += (byte < 0x10 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }
        return address + "?immutable=1"
    }
}
