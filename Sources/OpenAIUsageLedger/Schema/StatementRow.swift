import GRDB
import GRDBSQLite

/// Reads the columns of a statement's current row, in order or by index.
struct StatementRow {
    private let statement: SQLiteStatement
    private var index: Int32 = 0

    /// Creates a reader for the current row of a statement.
    init(_ statement: SQLiteStatement) {
        self.statement = statement
    }

    /// Reads the next column as an integer.
    mutating func integer() -> Int64? {
        defer { index += 1 }
        return integer(at: index)
    }

    /// Reads the next column as a text.
    mutating func text() -> String? {
        defer { index += 1 }
        return text(at: index)
    }

    /// Reads the next column as an identity.
    mutating func identity(_ facts: SharedTables) -> String? {
        defer { index += 1 }
        return identity(at: index, facts)
    }

    /// Returns a column as an identity.
    func identity(at index: Int32, _ facts: SharedTables) -> String? {
        guard sqlite3_column_type(statement, index) == SQLITE_BLOB else { return text(at: index) }
        let bytes = bytes(at: index)
        guard let number = bytes.first, let form = facts.identityForm(Int(number)) else { return nil }
        return IdentityText.text(form, UnsafeBufferPointer(rebasing: bytes.dropFirst()))
    }

    /// Reads the next column as integers, such as `21,6,27`.
    mutating func numbers() -> [Int64]? {
        defer { index += 1 }
        return numbers(at: index)
    }

    /// Returns a column as integers.
    func numbers(at index: Int32) -> [Int64]? {
        guard let base = sqlite3_column_text(statement, index) else { return nil }
        return UsageShape.numbers(UnsafeBufferPointer(start: base, count: Int(sqlite3_column_bytes(statement, index))))
    }

    /// Returns the bytes of a column, which are valid until the next step of the statement.
    func bytes(at index: Int32) -> UnsafeBufferPointer<UInt8> {
        guard let base = sqlite3_column_blob(statement, index) else { return UnsafeBufferPointer(start: nil, count: 0) }
        let count = Int(sqlite3_column_bytes(statement, index))
        return UnsafeBufferPointer(start: base.assumingMemoryBound(to: UInt8.self), count: count)
    }

    /// Skips columns.
    mutating func skip(_ count: Int32) {
        index += count
    }

    /// Returns a column as an integer; `nil` for NULL.
    func integer(at index: Int32) -> Int64? {
        sqlite3_column_type(statement, index) == SQLITE_NULL ? nil : sqlite3_column_int64(statement, index)
    }

    /// Returns a column as a text; `nil` for NULL.
    func text(at index: Int32) -> String? {
        // The explicit length preserves zero bytes within the text.
        guard let base = sqlite3_column_text(statement, index) else { return nil }
        let count = Int(sqlite3_column_bytes(statement, index))
        return String(decoding: UnsafeBufferPointer(start: base, count: count), as: UTF8.self)
    }

    /// True if the next column holds an integer.
    var isInteger: Bool { sqlite3_column_type(statement, index) == SQLITE_INTEGER }
}

extension Statement {
    /// Steps through the rows of the statement until the closure returns false.
    ///
    /// It calls SQLite directly, since GRDB's cursors build a value per column.
    func forEachRow(in database: Database, _ body: (StatementRow) throws -> Bool) throws {
        defer { sqlite3_reset(sqliteStatement) }
        while true {
            switch sqlite3_step(sqliteStatement) {
            case SQLITE_ROW: if try !body(StatementRow(sqliteStatement)) { return }
            case SQLITE_DONE: return
            case let code: throw database.error(code)
            }
        }
    }
}

extension Database {
    /// Returns the error for SQLite's last result code.
    func error(_ code: Int32) -> DatabaseError {
        guard let connection = sqliteConnection else { return DatabaseError(resultCode: ResultCode(rawValue: code)) }
        return DatabaseError(
            resultCode: ResultCode(rawValue: code),
            message: String(cString: sqlite3_errmsg(connection))
        )
    }
}
