import Foundation
import GRDB

/// A database that appears at its path only when it is whole, and in nothing's stead.
struct NewFile {
    /// The path at which it is made.
    let temporary: String
    private let path: String

    /// Prepares a file.
    ///
    /// - Parameter path: The path at which it is to appear.
    /// - Throws: A ``LedgerError`` if something is there already, or nothing can be created there.
    init(_ path: String) throws {
        self.path = path
        // A process that has the same number and was killed may have left one.
        temporary = "\(path).partial-\(getpid())"
        try requireFree()
        discard()
        try LedgerFile.create(temporary)
    }

    private func requireFree() throws {
        var facts = stat()
        if lstat(path, &facts) == 0 {
            guard FileFacts(path) == nil else {
                throw LedgerError(
                    .notWritable,
                    "\(path) is there already, and is never overwritten; give another path."
                )
            }
            throw LedgerError(.notWritable, "\(path) is a link to a file that is not there; give the path of a file.")
        }
        // SQLite, or a gateway, would take them for part of the new ledger.
        for suffix in ["-wal", "-journal", "-queue1", "-queue2"] where lstat(path + suffix, &facts) == 0 {
            throw LedgerError(
                .notWritable,
                "\(path)\(suffix) is left of another ledger of that name, and would be read with the new one; move it away, or give another path."
            )
        }
    }

    /// Runs a body that writes to this file alone, so that a full disk is reported for it and not for a ledger that is read.
    func writing(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch let error as DatabaseError where error.resultCode == .SQLITE_FULL {
            throw LedgerError(error, path: path)
        }
    }

    /// Waits until the disk has the file, and gives it its name.
    ///
    /// - Throws: A ``LedgerError``; then the file is to be discarded.
    func publish() throws {
        try LedgerFile.synchronize(temporary)
        try requireFree()
        // A link, unlike a new name, is never put in the stead of what came there meanwhile.
        if link(temporary, path) == 0 {
            unlink(temporary)
        } else {
            let code = errno
            guard code != EEXIST else { return try requireFree() }
            // Some file systems have no links.
            guard rename(temporary, path) == 0 else {
                throw LedgerError(
                    .notWritable,
                    "\(temporary) cannot be renamed to \(path) (\(String(cString: strerror(errno))))."
                )
            }
        }
        for suffix in ["-wal", "-shm"] { unlink("\(temporary)\(suffix)") }
        try? LedgerFile.synchronize(URL(fileURLWithPath: path).deletingLastPathComponent().path)
    }

    /// Removes what was made.
    func discard() {
        for suffix in ["", "-wal", "-shm"] { unlink("\(temporary)\(suffix)") }
    }
}
