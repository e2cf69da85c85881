import Foundation
import GRDB
import Synchronization

/// A connection that can only read, and what the files were like when it was made.
final class LedgerSnapshot: Sendable {
    /// The connection.
    let database: DatabaseQueue

    private let names = Mutex(LabelNames())
    /// The path as it was given; a link in it may lead elsewhere later.
    private let given: String
    /// The path with all links resolved, beside which the log is.
    private let path: String
    private let identity: FileFacts?
    private let log: FileFacts?
    private let isImmutable: Bool

    /// Opens a ledger for reading.
    ///
    /// A ledger without a write-ahead log is in use by nobody. It is then opened as a file that does not change, which
    /// leaves no files beside it, and also works where none can be created.
    init(path: String) throws {
        guard FileManager.default.fileExists(atPath: path) else {
            throw LedgerError(.missing, "There is no ledger at \(path); give another path, or start the gateway first.")
        }
        try LedgerFile.requireFile(path)
        given = path
        let path = try LedgerFile.resolve(path)
        self.path = path
        try Self.recoverRemains(path)
        isImmutable = (LedgerFile.size("\(path)-wal") ?? 0) == 0 && Self.understandsAddresses
        identity = FileFacts(path)
        do {
            database = try Self.open(path, isImmutable: isImmutable)
        } catch {
            throw LedgerError(error, path: path)
        }
        log = FileFacts("\(path)-wal")
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

    /// Opens a ledger, after an upgrade if it is of an older version.
    private static func open(_ path: String, isImmutable: Bool) throws -> DatabaseQueue {
        let database = try connection(path, isImmutable: isImmutable)
        let kind = try database.read { database in
            try LedgerSchema.requireLedger(database, path: path, allowsEmpty: false)
            return try LedgerSchema.kind(of: database)
        }
        guard case .ledger(let version) = kind, version < LedgerSchema.version else { return database }
        try database.close()
        do {
            try LedgerFile.upgrade(path)
        } catch let error as LedgerError where error.code == .locked {
            // The writer may be of this version, and have upgraded the ledger by now.
        }
        let upgraded = try connection(path, isImmutable: isImmutable)
        try upgraded.read { try LedgerSchema.requireNewest($0, path: path) }
        return upgraded
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

    /// The labels, with those that were added since the last time.
    func updatedNames(_ database: Database) throws -> LabelNames {
        try names.withLock { names in
            try names.update(database)
            return names
        }
    }

    private static var understandsAddresses: Bool {
        // Without this option of SQLite's build an address would be taken for the name of a file.
        (try? DatabaseQueue().read { database in
            try Bool.fetchOne(database, sql: "SELECT sqlite_compileoption_used('USE_URI')")
        }) == true
    }

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
