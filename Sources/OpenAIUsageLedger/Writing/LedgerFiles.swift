import Foundation

/// The writer's memory of its files, by which it notices that somebody removed, replaced, truncated or wrote to one of
/// them.
///
/// It asks for names only: in the process of the writer a descriptor of the database must belong to SQLite, since the
/// system gives up all of a process's locks on a file with any descriptor of it that is closed.
struct LedgerFiles {
    /// What happened to the files.
    enum Damage: Equatable {
        /// Another file, or none, is at the path.
        case moved
        /// The log, or the index of it, is not at its path any more.
        case logMoved
        /// The file became shorter.
        case truncated
        /// The log became shorter.
        case logTruncated
        /// The file does not hold what was written to it.
        case overwritten
        /// The log does not hold what was written to it.
        case logOverwritten

        /// The event as a sentence's end.
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

    /// The size to which SQLite itself may shorten the log, in bytes.
    static let logSizeLimit: Int64 = 64 << 20

    private let path: String
    private var database: FileFacts?
    private var log: FileFacts?
    private var index: FileFacts?

    /// True if another program may have written to the database since that was last checked.
    var isDatabaseSuspect = false
    /// True if another program may have written to the log since that was last checked.
    var isLogSuspect = false

    /// Notes the files of a connection that has written to them.
    init(_ path: String) {
        self.path = path
        database = FileFacts(path)
        log = FileFacts("\(path)-wal")
        index = FileFacts("\(path)-shm")
    }

    /// The size of the database in bytes, when it was last looked at.
    var databaseSize: Int64 { database?.size ?? 0 }

    /// True if the database has no name any more, so that its rows end with the connection.
    var isRemoved: Bool { database?.ofOpenFile()?.links == 0 }

    /// True if the same database is at the path that was there for another memory of the files.
    func isSameDatabase(as other: LedgerFiles) -> Bool { database?.isSameFile(as: other.database) == true }

    /// Looks at the files.
    ///
    /// A file that was written to by another program is only noted as suspect: SQLite may have done it.
    ///
    /// - Parameter afterOwnWrite: True if only this connection should have written to the log since the last time.
    /// - Returns: `nil` if the files are the ones that were noted, and not shorter.
    mutating func inspect(afterOwnWrite: Bool = false) -> Damage? {
        guard let now = FileFacts(path), now.isSameFile(as: database) else { return .moved }
        guard now.size >= databaseSize else { return .truncated }
        guard let nowLog = FileFacts("\(path)-wal"), nowLog.isSameFile(as: log) else { return .logMoved }
        guard nowLog.size >= min(log?.size ?? 0, Self.logSizeLimit) else { return .logTruncated }
        // A reader in this process may keep an older index alive, for which there is no name.
        if let index, FileFacts("\(path)-shm")?.isSameFile(as: index) != true { return .logMoved }
        // This connection itself writes to the database only when it copies the log.
        if now.isWritten(since: database) { isDatabaseSuspect = true }
        if !afterOwnWrite, nowLog.isWritten(since: log) { isLogSuspect = true }
        database = now
        log = nowLog
        return nil
    }

    /// Notes what this connection itself has done to the files since they were looked at.
    ///
    /// Other files than those are left to be found by the next look.
    mutating func note() {
        if let now = FileFacts(path), now.isSameFile(as: database), now.size >= databaseSize { database = now }
        if let now = FileFacts("\(path)-wal"), now.isSameFile(as: log) { log = now }
    }

    /// Notes that the log was copied, by which SQLite may have shortened the file.
    ///
    /// - Parameter size: The bytes that the file must have.
    mutating func noteCopied(size: Int64) {
        if let now = FileFacts(path), now.isSameFile(as: database), now.size >= size { database = now }
    }

    /// Renames the files of a ledger, so that a new one can begin at its path.
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
            // The log belongs to the database: whoever examines it later finds both under one name.
            for suffix in ["-wal", "-shm"] { rename(path + suffix, aside + suffix) }
            return aside
        }
        return nil
    }

    /// The sentence that tells where a damaged file is.
    static func remedy(_ aside: String) -> String {
        "It was set aside as \(aside), and a new ledger begun; to save its rows: `sqlite3 \(aside) .recover`."
    }
}
