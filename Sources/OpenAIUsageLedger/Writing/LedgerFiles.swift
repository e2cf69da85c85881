import Foundation
import OpenAIUsage

/// A snapshot of the writer's files, which detects removal, replacement, truncation and writes by other programs.
///
/// It opens no file: closing any descriptor of a file drops all of the process's locks on it, including SQLite's.
struct LedgerFiles {
    /// The damage to the files.
    enum Damage: Equatable {
        /// Another file, or none, is at the path.
        case moved
        /// The log or its index was removed or replaced.
        case logMoved
        /// The file became shorter.
        case truncated
        /// The log became shorter.
        case logTruncated
        /// The file does not hold the content that was written to it.
        case overwritten
        /// The log does not hold the content that was written to it.
        case logOverwritten

        /// The event as a predicate to the file's path.
        var event: String {
            switch self {
            case .moved: "was removed or replaced"
            case .logMoved: "lost its -wal or -shm file, which was removed or replaced"
            case .truncated: "was truncated"
            case .logTruncated: "lost its newest rows, since its -wal file was truncated"
            case .overwritten: "was overwritten by another program while it was in use, and is damaged"
            case .logOverwritten: "lost its newest rows, since its -wal file was overwritten by another program"
            }
        }

        /// The kind of the failure.
        var code: LedgerError.Code {
            switch self {
            case .overwritten, .logOverwritten: .corrupt
            default: .replaced
            }
        }
    }

    /// SQLite's limit for the size of a reset log, in bytes.
    static let logSizeLimit: Int64 = 64 << 20

    private let path: String
    private var database: FileFacts?
    private var log: FileFacts?
    private var index: FileFacts?

    /// True if another program may have written to the database since the last check.
    var isDatabaseSuspect = false
    /// True if another program may have written to the log since the last check.
    var isLogSuspect = false

    /// Creates a snapshot of the files of a connection that has written to them.
    init(_ path: String) {
        self.path = path
        database = FileFacts(path)
        log = FileFacts("\(path)-wal")
        index = FileFacts("\(path)-shm")
    }

    /// The size of the database in bytes at the last inspection.
    var databaseSize: Int64 { database?.size ?? 0 }

    /// True if the database file was removed, so that its rows vanish with the connection.
    var isRemoved: Bool { database?.ofOpenFile()?.links == 0 }

    /// True if both snapshots show the same database file.
    func isSameDatabase(as other: LedgerFiles) -> Bool { database?.isSameFile(as: other.database) == true }

    /// Inspects the files.
    ///
    /// A write by another program only marks a file as suspect, since SQLite may have caused it.
    ///
    /// - Parameter afterOwnWrite: True if only this connection should have written to the log since the last inspection.
    /// - Returns: The damage; `nil` if the files are the same ones and no shorter.
    mutating func inspect(afterOwnWrite: Bool = false) -> Damage? {
        guard let now = FileFacts(path), now.isSameFile(as: database) else { return .moved }
        guard now.size >= databaseSize else { return .truncated }
        guard let nowLog = FileFacts("\(path)-wal"), nowLog.isSameFile(as: log) else { return .logMoved }
        guard !isCut(nowLog) else { return .logTruncated }
        // There is no index if a reader in this process keeps an older, removed one alive.
        if let index, FileFacts("\(path)-shm")?.isSameFile(as: index) != true { return .logMoved }
        // This connection itself writes to the database only in a checkpoint.
        if now.isWritten(since: database) { isDatabaseSuspect = true }
        if !afterOwnWrite, nowLog.isWritten(since: log) { isLogSuspect = true }
        database = now
        log = nowLog
        return nil
    }

    /// Notes this connection's own changes to the files since the last inspection.
    ///
    /// Replaced and truncated files are left for the next inspection to find.
    mutating func note() {
        if let now = FileFacts(path), now.isSameFile(as: database), now.size >= databaseSize { database = now }
        if let now = FileFacts("\(path)-wal"), now.isSameFile(as: log), !isCut(now) { log = now }
    }

    /// True if the log is shorter than this connection alone could have made it.
    private func isCut(_ now: FileFacts) -> Bool { now.size < min(log?.size ?? 0, Self.logSizeLimit) }

    /// Notes a complete checkpoint, in which SQLite may have shortened the file.
    ///
    /// - Parameter size: The least size of the file, in bytes.
    mutating func noteCopied(size: Int64) {
        if let now = FileFacts(path), now.isSameFile(as: database), now.size >= size { database = now }
    }

    /// Renames the files of a ledger, so that a new one can be created at its path.
    ///
    /// - Parameters:
    ///   - path: The ledger.
    ///   - now: The time for the name, in microseconds since 1970.
    /// - Returns: The new path of the database, which may be missing; `nil` if it could not be renamed.
    static func setAside(_ path: String, now: Int64) -> String? {
        let time = TimestampText.utc(now).prefix(19).filter { $0 != ":" && $0 != "-" }
        for number in 0..<100 {
            let aside = "\(path).damaged-\(time)Z\(number == 0 ? "" : "-\(number)")"
            guard FileFacts(aside) == nil, FileFacts("\(aside)-wal") == nil else { continue }
            guard rename(path, aside) == 0 || (errno == ENOENT && FileFacts("\(path)-wal") != nil) else { return nil }
            // The log belongs to the database: for a later examination both have the same name.
            for suffix in ["-wal", "-shm"] { rename(path + suffix, aside + suffix) }
            return aside
        }
        return nil
    }

    /// A sentence that tells where a damaged file is.
    static func remedy(_ aside: String) -> String {
        "It was set aside as \(aside), and a new ledger begun; to save its rows: `sqlite3 \(aside) .recover`."
    }
}
