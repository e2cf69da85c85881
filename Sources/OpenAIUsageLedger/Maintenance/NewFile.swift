import Foundation
import GRDB

/// A database that appears at its path only when it is complete, and never replaces another file.
struct NewFile {
    /// The path of the file until it is published.
    let temporary: String
    private let path: String

    /// Creates the file at its temporary path.
    ///
    /// - Parameter path: The path at which the file will appear.
    /// - Throws: A ``LedgerError`` if something is there already, or nothing can be created there.
    init(_ path: String) throws {
        self.path = path
        // A killed process with the same process ID may have left a file.
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
        // SQLite or a gateway would treat them as part of the new ledger.
        for suffix in ["-wal", "-journal", "-queue1", "-queue2"] where lstat(path + suffix, &facts) == 0 {
            throw LedgerError(
                .notWritable,
                "\(path)\(suffix) is left of another ledger of that name, and would be read with the new one; move it away, or give another path."
            )
        }
    }

    /// Runs a body that writes only to this file, so that a full disk is reported for it and not for a ledger that is read.
    func writing(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch let error as DatabaseError where error.resultCode == .SQLITE_FULL {
            throw LedgerError(error, path: path)
        }
    }

    /// Waits until the file is on disk, and gives it its final name.
    ///
    /// - Throws: A ``LedgerError``; the file must be discarded then.
    func publish() throws {
        try LedgerFile.synchronize(temporary)
        try requireFree()
        // Unlike a rename, a link never replaces a file that has appeared meanwhile.
        if link(temporary, path) == 0 {
            unlink(temporary)
        } else {
            let code = errno
            guard code != EEXIST else {
                try requireFree()
                throw LedgerError(.notWritable, "Another program made \(path) at the same time, and removed it.")
            }
            // Some file systems do not support links.
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

    /// Removes the unpublished file.
    func discard() {
        for suffix in ["", "-wal", "-shm"] { unlink("\(temporary)\(suffix)") }
    }
}
