import Foundation

/// The writer's memory of its files, by which it notices that somebody removed, replaced or truncated one of them.
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

        /// The event as a sentence's end.
        var event: String {
            switch self {
            case .moved: "was removed or replaced"
            case .logMoved: "lost its -wal or -shm file, which was removed or replaced"
            case .truncated: "was truncated"
            case .logTruncated: "lost its newest rows, since its -wal file was truncated"
            }
        }
    }

    /// The size to which SQLite itself may shorten the log, in bytes.
    static let logSizeLimit: Int64 = 64 << 20

    private struct Facts: Equatable {
        var device: UInt64
        var number: UInt64
        var size: Int64

        init?(_ path: String) {
            var information = stat()
            guard stat(path, &information) == 0 else { return nil }
            device = UInt64(information.st_dev)
            number = UInt64(information.st_ino)
            size = Int64(information.st_size)
        }

        func isSameFile(as other: Facts?) -> Bool { device == other?.device && number == other?.number }
    }

    private let path: String
    private var database: Facts?
    private var log: Facts?
    private var index: Facts?

    /// Notes the files of a connection that has written to them.
    init(_ path: String) {
        self.path = path
        database = Facts(path)
        log = Facts("\(path)-wal")
        index = Facts("\(path)-shm")
    }

    /// The size of the log in bytes, when it was last looked at.
    var logSize: Int64 { log?.size ?? 0 }

    /// Looks at the files; `nil` if they are the ones that were noted, and not shorter.
    mutating func inspect() -> Damage? {
        guard let now = Facts(path), now.isSameFile(as: database) else { return .moved }
        guard now.size >= database?.size ?? 0 else { return .truncated }
        guard let nowLog = Facts("\(path)-wal"), nowLog.isSameFile(as: log) else { return .logMoved }
        guard nowLog.size >= min(logSize, Self.logSizeLimit) else { return .logTruncated }
        // A reader in this process may keep an older index alive, for which there is no name.
        if let index, Facts("\(path)-shm")?.isSameFile(as: index) != true { return .logMoved }
        database = now
        log = nowLog
        return nil
    }

    /// Renames the files of a ledger, so that a new one can begin at its path.
    ///
    /// - Parameters:
    ///   - path: The ledger.
    ///   - now: The time for the name, in microseconds since 1970.
    /// - Returns: The new path of the database; `nil` if it could not be renamed.
    static func setAside(_ path: String, now: Int64) -> String? {
        let time = TimestampText.utc(now).prefix(19).filter { $0 != ":" && $0 != "-" }
        for number in 0..<100 {
            let aside = "\(path).damaged-\(time)Z\(number == 0 ? "" : "-\(number)")"
            guard Facts(aside) == nil else { continue }
            guard rename(path, aside) == 0 else { return nil }
            // The log belongs to the database: whoever examines it later finds both under one name.
            for suffix in ["-wal", "-shm"] { rename(path + suffix, aside + suffix) }
            return aside
        }
        return nil
    }
}
