import GRDB
import GRDBSQLite

/// The bytes of a database or of its log, read through SQLite's own descriptors.
///
/// In the process of the writer nobody else may open these files: the system gives up all of a process's locks on a file
/// with any descriptor of it that is closed.
struct RawFile {
    /// A file of a database.
    enum Role {
        case database, log

        fileprivate var operation: Int32 {
            self == .database ? SQLITE_FCNTL_FILE_POINTER : SQLITE_FCNTL_JOURNAL_POINTER
        }
    }

    private let file: UnsafeMutablePointer<sqlite3_file>
    private let methods: sqlite3_io_methods

    /// Finds a file of an open connection, which this value must not outlive.
    ///
    /// - Returns: `nil` if the connection does not have it open.
    init?(_ role: Role, of connection: SQLiteConnection) {
        var file: UnsafeMutablePointer<sqlite3_file>?
        guard sqlite3_file_control(connection, "main", role.operation, &file) == SQLITE_OK, let file,
            let methods = file.pointee.pMethods
        else { return nil }
        self.file = file
        self.methods = methods.pointee
    }

    /// The size in bytes; 0 if it cannot be told.
    var size: Int64 {
        var size: Int64 = 0
        return methods.xFileSize(file, &size) == SQLITE_OK ? size : 0
    }

    /// Fills a buffer with the bytes from an offset on.
    ///
    /// - Returns: False if the file is shorter or cannot be read.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) -> Bool {
        methods.xRead(file, buffer.baseAddress, Int32(buffer.count), offset) == SQLITE_OK
    }

    /// Some bytes from an offset on; those beyond the end are left out.
    func bytes(_ count: Int, at offset: Int64 = 0) -> [UInt8] {
        let count = Int(max(0, min(Int64(count), size - offset)))
        guard count > 0 else { return [] }
        var bytes = [UInt8](repeating: 0, count: count)
        return bytes.withUnsafeMutableBytes { read(into: $0, at: offset) } ? bytes : []
    }

    /// The beginning of the index of the log, which all connections of all processes share.
    ///
    /// - Parameter count: The wanted bytes, at most 32,768.
    /// - Returns: The bytes; `nil` if there is no index.
    func sharedIndex(_ count: Int) -> [UInt8]? {
        guard methods.iVersion >= 2, let map = methods.xShmMap else { return nil }
        var region: UnsafeMutableRawPointer?
        guard map(file, 0, 32_768, 0, &region) == SQLITE_OK, let region else { return nil }
        return Array(UnsafeRawBufferPointer(start: region, count: count))
    }

    /// True if the database that a connection has open is not the one at its path any more.
    static func hasMoved(_ connection: SQLiteConnection) -> Bool {
        var hasMoved: Int32 = 0
        sqlite3_file_control(connection, "main", SQLITE_FCNTL_HAS_MOVED, &hasMoved)
        return hasMoved != 0
    }
}
