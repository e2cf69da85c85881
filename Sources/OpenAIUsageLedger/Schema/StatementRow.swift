import GRDB
import GRDBSQLite

/// Reads the columns of a statement's current row, one after the other or by their index.
struct StatementRow {
    private let statement: SQLiteStatement
    private var index: Int32 = 0

    /// Creates a reader of the statement's current row.
    init(_ statement: SQLiteStatement) {
        self.statement = statement
    }

    /// The next column as an integer.
    mutating func integer() -> Int64? {
        defer { index += 1 }
        return integer(at: index)
    }

    /// The next column as a text.
    mutating func text() -> String? {
        defer { index += 1 }
        return text(at: index)
    }

    /// The next column as an identity.
    mutating func identity(_ facts: SharedTables) -> String? {
        defer { index += 1 }
        return identity(at: index, facts)
    }

    /// A column as an identity.
    func identity(at index: Int32, _ facts: SharedTables) -> String? {
        guard sqlite3_column_type(statement, index) == SQLITE_BLOB else { return text(at: index) }
        let bytes = bytes(at: index)
        guard let number = bytes.first, let form = facts.identityForm(Int(number)) else { return nil }
        return IdentityText.text(form, UnsafeBufferPointer(rebasing: bytes.dropFirst()))
    }

    /// The next column as integers, as in `21,6,27`.
    mutating func numbers() -> [Int64]? {
        defer { index += 1 }
        return numbers(at: index)
    }

    /// A column as integers.
    func numbers(at index: Int32) -> [Int64]? {
        guard let base = sqlite3_column_text(statement, index) else { return nil }
        return UsageShape.numbers(UnsafeBufferPointer(start: base, count: Int(sqlite3_column_bytes(statement, index))))
    }

    /// A column's bytes, which are valid until the statement's next step.
    func bytes(at index: Int32) -> UnsafeBufferPointer<UInt8> {
        guard let base = sqlite3_column_blob(statement, index) else { return UnsafeBufferPointer(start: nil, count: 0) }
        let count = Int(sqlite3_column_bytes(statement, index))
        return UnsafeBufferPointer(start: base.assumingMemoryBound(to: UInt8.self), count: count)
    }

    /// Leaves columns out.
    mutating func skip(_ count: Int32) {
        index += count
    }

    /// A column as an integer.
    func integer(at index: Int32) -> Int64? {
        sqlite3_column_type(statement, index) == SQLITE_NULL ? nil : sqlite3_column_int64(statement, index)
    }

    /// A column as a text.
    func text(at index: Int32) -> String? {
        // The length is asked for, since a text may hold a zero byte.
        guard let base = sqlite3_column_text(statement, index) else { return nil }
        let count = Int(sqlite3_column_bytes(statement, index))
        return String(decoding: UnsafeBufferPointer(start: base, count: count), as: UTF8.self)
    }

    /// True if the next column holds an integer.
    var isInteger: Bool { sqlite3_column_type(statement, index) == SQLITE_INTEGER }
}

extension Statement {
    /// Steps through the rows of the statement until the body says that it has enough.
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
    /// The error of a result code that SQLite has just given.
    func error(_ code: Int32) -> DatabaseError {
        guard let connection = sqliteConnection else { return DatabaseError(resultCode: ResultCode(rawValue: code)) }
        return DatabaseError(
            resultCode: ResultCode(rawValue: code),
            message: String(cString: sqlite3_errmsg(connection))
        )
    }
}
