import GRDB
import GRDBSQLite

/// The bytes of a database or of its log, read through SQLite's own descriptors.
///
/// No other code in the writer's process may open these files: closing any descriptor of a file drops all of the process's
/// locks on it.
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

    /// Finds a file of an open connection, which must outlive this value.
    ///
    /// - Returns: `nil` if the connection does not have the file open.
    init?(_ role: Role, of connection: SQLiteConnection) {
        var file: UnsafeMutablePointer<sqlite3_file>?
        guard sqlite3_file_control(connection, "main", role.operation, &file) == SQLITE_OK, let file,
            let methods = file.pointee.pMethods
        else { return nil }
        self.file = file
        self.methods = methods.pointee
    }

    /// The size in bytes; 0 if unknown.
    var size: Int64 {
        var size: Int64 = 0
        return methods.xFileSize(file, &size) == SQLITE_OK ? size : 0
    }

    /// Fills a buffer with the bytes from an offset.
    ///
    /// - Returns: False if the file is shorter or cannot be read.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) -> Bool {
        methods.xRead(file, buffer.baseAddress, Int32(buffer.count), offset) == SQLITE_OK
    }

    /// Returns bytes from an offset up to the end of the file; empty if they cannot be read.
    func bytes(_ count: Int, at offset: Int64 = 0) -> [UInt8] {
        let count = Int(max(0, min(Int64(count), size - offset)))
        guard count > 0 else { return [] }
        var bytes = [UInt8](repeating: 0, count: count)
        return bytes.withUnsafeMutableBytes { read(into: $0, at: offset) } ? bytes : []
    }

    /// Returns the beginning of the log's index, which all connections of all processes share.
    ///
    /// - Parameter count: The number of bytes, at most 32,768.
    /// - Returns: The bytes; `nil` if there is no index.
    func sharedIndex(_ count: Int) -> [UInt8]? {
        guard methods.iVersion >= 2, let map = methods.xShmMap else { return nil }
        var region: UnsafeMutableRawPointer?
        guard map(file, 0, 32_768, 0, &region) == SQLITE_OK, let region else { return nil }
        return Array(UnsafeRawBufferPointer(start: region, count: count))
    }

    /// True if the database that a connection has open is not the file at its path.
    static func hasMoved(_ connection: SQLiteConnection) -> Bool {
        var hasMoved: Int32 = 0
        sqlite3_file_control(connection, "main", SQLITE_FCNTL_HAS_MOVED, &hasMoved)
        return hasMoved != 0
    }
}
