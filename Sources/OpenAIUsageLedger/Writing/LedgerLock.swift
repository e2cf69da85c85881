import Foundation
import Synchronization

/// The lock that makes a process the only writer of a ledger; its file names the process.
final class LedgerLock: Sendable {
    private let path: String
    private let purpose: String
    private let descriptor: Mutex<Int32?>

    /// The longest wait for a holder that needs the lock only briefly, in milliseconds.
    private static let patience = 2_000
    /// The longest wait for a new holder to write its name, in milliseconds.
    private static let naming = 60
    private static let pause = 20

    /// Acquires the lock, or throws an error that names its holder.
    ///
    /// Short-lived holders are waited for: a reader that commits a leftover journal, and a process that upgrades the ledger.
    init(path: String, purpose: String) throws {
        self.path = path
        self.purpose = purpose
        descriptor = Mutex(try Self.take(path, purpose))
    }

    deinit { release() }

    /// Acquires the lock again if its file was removed, since another process would not find it.
    func renew() throws {
        try descriptor.withLock { descriptor in
            guard let file = descriptor, !Self.isSame(file, path) else { return }
            let renewed = try Self.take(path, purpose)
            close(file)
            descriptor = renewed
        }
    }

    /// Releases the lock, and removes its file.
    func release() {
        descriptor.withLock { descriptor in
            guard let file = descriptor else { return }
            // The file may belong to another process by then.
            if Self.isSame(file, path) { unlink(path) }
            close(file)
            descriptor = nil
        }
    }

    private static func take(_ path: String, _ purpose: String) throws -> Int32 {
        var waited = 0
        while true {
            let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
            guard file >= 0 else { throw error(path, errno) }
            guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
                let code = errno
                let holder = read(file)
                Foundation.close(file)
                guard code == EWOULDBLOCK else { throw error(path, code) }
                // A new holder writes its name soon; until then the file is empty, or shows the name that a crash left.
                guard waited < (isPassing(holder) ? patience : naming) else { throw locked(path, holder: holder) }
                waited += pause
                usleep(UInt32(pause) * 1_000)
                continue
            }
            // The previous holder may have removed the file between the two calls: then the lock is useless.
            guard isSame(file, path) else {
                Foundation.close(file)
                continue
            }
            FileOwner.adopt(file, of: path.hasSuffix(".lock") ? String(path.dropLast(5)) : path)
            let text = Array("\(getpid()) \(purpose.prefix(200).filter { !$0.isNewline })\n".utf8)
            ftruncate(file, 0)
            _ = text.withUnsafeBytes { pwrite(file, $0.baseAddress, $0.count, 0) }
            return file
        }
    }

    /// True if the purpose of a holder is a single short task.
    private static func isPassing(_ holder: String) -> Bool {
        holder.isEmpty || holder.hasSuffix(", which completes it") || holder.hasSuffix(", which upgrades it")
    }

    private static func isSame(_ file: Int32, _ path: String) -> Bool {
        var opened = stat()
        var named = stat()
        return fstat(file, &opened) == 0 && stat(path, &named) == 0 && opened.st_ino == named.st_ino
            && opened.st_dev == named.st_dev
    }

    private static func read(_ file: Int32) -> String {
        var buffer = [UInt8](repeating: 0, count: 256)
        let count = buffer.withUnsafeMutableBytes { pread(file, $0.baseAddress, $0.count, 0) }
        return String(decoding: buffer.prefix(max(0, count)).prefix { $0 != 0x0a }, as: UTF8.self)
    }

    /// The description of the process that holds a lock; `nil` if none does.
    static func holder(_ path: String) -> String? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        // A shared lock fails while a writer holds its own; a writer that starts meanwhile waits briefly for this one.
        guard flock(file, LOCK_SH | LOCK_NB) != 0 else { return nil }
        return name(read(file))
    }

    private static func locked(_ path: String, holder: String) -> LedgerError {
        LedgerError(
            .locked,
            "The ledger is being written to by \(name(holder)), which holds \(path); end it, or use another ledger."
        )
    }

    private static func name(_ holder: String) -> String {
        let parts = holder.split(separator: " ", maxSplits: 1)
        return parts.count == 2 ? "process \(parts[0]) (\(parts[1]))" : "another process"
    }

    private static func error(_ path: String, _ code: Int32) -> LedgerError {
        let reason = String(cString: strerror(code))
        if code == ENOSPC || code == EDQUOT {
            return LedgerError(.diskFull, "No space is left for \(path) (\(reason)); free some and try again.")
        }
        return LedgerError(.notWritable, "\(path) cannot be created (\(reason)); check the folder's permissions.")
    }
}
