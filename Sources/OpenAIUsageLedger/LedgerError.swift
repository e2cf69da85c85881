import GRDB

/// A failure to open, write or read a ledger.
public struct LedgerError: Error, Sendable, CustomStringConvertible {
    /// The kind of a failure.
    public enum Code: String, Sendable, CaseIterable {
        /// The file does not exist.
        case missing
        /// Another process is writing to the ledger.
        case locked
        /// The file or its folder is not writable.
        case notWritable = "not_writable"
        /// The file is not readable.
        case notReadable = "not_readable"
        /// The file is not an SQLite database.
        case notSQLite = "not_sqlite"
        /// The file is an SQLite database, but not a ledger.
        case notLedger = "not_ledger"
        /// The ledger was written by a newer version of this program.
        case newerSchema = "newer_schema"
        /// The file has more than one hard link.
        case hardLinked = "hard_linked"
        /// No disk space is left.
        case diskFull = "disk_full"
        /// The ledger stayed locked by another program.
        case busy
        /// The file is damaged.
        case corrupt
        /// The file or its log was removed, replaced or truncated during writing.
        case replaced
        /// The ledger was closed.
        case closed
        /// Any other failure.
        case failed
    }

    /// The kind of the failure.
    public var code: Code
    /// The cause with the path and, where there is one, the remedy.
    public var description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }

    /// True if the content of the file is known to be bad.
    var isDamage: Bool { code == .corrupt || code == .notSQLite }

    /// Creates a ledger error from another error; a ``LedgerError`` stays as it is.
    init(_ error: any Error, path: String) {
        if let error = error as? LedgerError {
            self = error
            return
        }
        guard let failure = error as? DatabaseError else {
            self.init(.failed, "\(path): \(error)")
            return
        }
        switch failure.resultCode {
        case .SQLITE_NOTADB: self.init(.notSQLite, "\(path) is not an SQLite database; give another path.")
        case .SQLITE_FULL: self.init(.diskFull, "No space is left for \(path); free some and try again.")
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(.busy, "\(path) is locked by another program; close it and try again.")
        case .SQLITE_CORRUPT:
            self.init(.corrupt, "\(path) is damaged; copy it with its -wal file, then run `sqlite3 \(path) .recover`.")
        case .SQLITE_READONLY: self.init(.notWritable, "\(path) cannot be written to; check its permissions.")
        case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH:
            self.init(.notReadable, "\(path) cannot be opened; check the permissions of the file and its folder.")
        default:
            // SQLite's messages name tables and columns, never values.
            self.init(.failed, "\(path): SQLite error \(failure.extendedResultCode.rawValue): \(failure.message ?? "")")
        }
    }
}
