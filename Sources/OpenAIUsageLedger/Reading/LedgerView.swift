import Foundation
import GRDB
import GRDBSQLite
import Synchronization

/// A read-only connection, with the state of the files when it was opened.
final class LedgerView: Sendable {
    /// The connection.
    let database: DatabaseQueue

    private let facts = Mutex(SharedTables())
    /// The path as given; a link in it may be changed later.
    private let given: String
    /// The path with all links resolved; the log is beside it.
    private let path: String
    private let identity: FileFacts?
    private let log: FileFacts?
    private let isImmutable: Bool
    private let copy: TemporaryCopy?

    /// Opens a ledger for reading.
    ///
    /// A ledger without a write-ahead log is not in use. It is opened as an immutable file, which creates no files beside it
    /// and also works in a read-only folder.
    ///
    /// - Parameters:
    ///   - path: The path of the ledger.
    ///   - progress: Called during an upgrade of an older ledger to the newest schema.
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

    /// The state of a ledger's files before opening.
    private struct Files {
        let identity: FileFacts?
        let isImmutable: Bool

        init(_ path: String) {
            isImmutable = (LedgerFile.size("\(path)-wal") ?? 0) == 0 && LedgerView.understandsAddresses
            identity = FileFacts(path)
        }
    }

    /// Commits the records that a killed writer left in the journal of the ledger.
    private static func recoverRemains(_ path: String) throws {
        guard RecordJournal.hasRemains(path) else { return }
        do {
            try LedgerSession.recoverRemains(path)
        } catch let error as LedgerError where [.locked, .notWritable].contains(error.code) {
            // A present writer has committed them, and a reader without write permission cannot.
        }
    }

    /// True if the ledger's version must be copied to the newest schema first.
    private static func isOld(_ database: DatabaseQueue, path: String) throws -> Bool {
        try database.read { database in
            try LedgerSchema.requireLedger(database, path: path, allowsEmpty: false)
            guard case .ledger(let version) = try LedgerSchema.kind(of: database) else { return false }
            return version < LedgerSchema.oldestCompatibleVersion
        }
    }

    /// Upgrades an unused ledger of an older version to the newest schema.
    ///
    /// - Returns: A temporary copy with the newest schema if the file is not writable; `nil` if the file itself is upgraded.
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
            // A writer of this version may have upgraded the ledger meanwhile.
            return nil
        }
    }

    /// A temporary ledger, which is removed with its reader.
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

    /// True if the connection still shows the file at the path.
    var isCurrent: Bool {
        guard let now = FileFacts(given), let then = identity else { return false }
        if isImmutable { return now == then && (LedgerFile.size("\(path)-wal") ?? 0) == 0 }
        // A writer that continues after the loss of its log creates a new log.
        return now.isSameFile(as: then) && FileFacts("\(path)-wal").map { $0.isSameFile(as: log) } ?? false
    }

    /// Returns the shared tables with the rows that were added since the last read.
    func updatedFacts(_ database: Database) throws -> SharedTables {
        try facts.withLock { facts in
            try facts.update(database)
            return facts
        }
    }

    // Without this build option SQLite would take a URI for a file name.
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
