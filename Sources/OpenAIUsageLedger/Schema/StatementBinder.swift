import GRDB
import GRDBSQLite

/// Binds values to the parameters of a statement in order.
///
/// It calls SQLite directly: building a list of arguments per row costs more than the insertion itself.
struct StatementBinder {
    /// The longest stored text, in bytes; only a provider's usage object may be longer.
    static let maximumTextLength = 4_096
    /// The longest stored usage object, in bytes.
    static let maximumDocumentLength = 65_536

    private let statement: SQLiteStatement
    private var index: Int32 = 0

    /// Resets a statement, and starts with its first parameter.
    init(_ statement: SQLiteStatement) {
        self.statement = statement
        sqlite3_reset(statement)
        sqlite3_clear_bindings(statement)
    }

    /// Binds an integer; `nil` is NULL.
    mutating func integer(_ value: Int64?) {
        index += 1
        if let value { sqlite3_bind_int64(statement, index, value) }
    }

    /// Binds a text, cut to the longest stored length; `nil` is NULL.
    mutating func text(_ value: String?) {
        index += 1
        guard let value else { return }
        bind(value, length: Self.keptLength(of: value))
    }

    /// Binds a text given as UTF-8.
    mutating func text(_ bytes: [UInt8]) {
        index += 1
        bytes.withUnsafeBytes { bytes in
            let pointer = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
            _ = sqlite3_bind_text(statement, index, pointer, Int32(bytes.count), Self.copies)
        }
    }

    /// Binds bytes.
    mutating func blob(_ bytes: [UInt8]) {
        index += 1
        bytes.withUnsafeBytes { _ = sqlite3_bind_blob(statement, index, $0.baseAddress, Int32($0.count), Self.copies) }
    }

    /// Binds a document; one that is too long becomes NULL, since it could not be parsed if cut.
    mutating func document(_ value: String?) {
        index += 1
        guard let value, value.utf8.count <= Self.maximumDocumentLength else { return }
        bind(value, length: value.utf8.count)
    }

    /// Runs a statement that returns no rows, and returns SQLite's result code.
    func run() -> Int32 {
        let code = sqlite3_step(statement)
        sqlite3_reset(statement)
        return code
    }

    private func bind(_ value: String, length: Int) {
        var value = value
        value.withUTF8 { bytes in
            guard let base = bytes.baseAddress, length > 0 else {
                sqlite3_bind_text(statement, index, "", 0, nil)
                return
            }
            base.withMemoryRebound(to: CChar.self, capacity: bytes.count) { pointer in
                _ = sqlite3_bind_text(statement, index, pointer, Int32(length), Self.copies)
            }
        }
    }

    /// Returns the number of stored bytes of a text.
    static func keptLength(of value: String) -> Int {
        var value = value
        return value.withUTF8(keptLength(of:))
    }

    /// Returns the number of stored bytes of a text in UTF-8.
    static func keptLength(of utf8: UnsafeBufferPointer<UInt8>) -> Int {
        guard utf8.count > maximumTextLength else { return utf8.count }
        var end = maximumTextLength
        // A character is not cut in two: its continuation bytes begin with the bits 10.
        while utf8[end] & 0xc0 == 0x80 { end -= 1 }
        return end
    }

    // SQLITE_TRANSIENT is a macro, which Swift does not import.
    private static var copies: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }
}

extension Statement {
    /// Runs a statement that returns no rows, with the values bound by the closure.
    ///
    /// GRDB would cut a text at its first zero byte.
    func run(in database: Database, _ bind: (inout StatementBinder) -> Void) throws {
        var binder = StatementBinder(sqliteStatement)
        bind(&binder)
        let code = binder.run()
        if code != SQLITE_DONE { throw database.error(code) }
    }
}
