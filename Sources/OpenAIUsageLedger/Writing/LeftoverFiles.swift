import Foundation
import GRDB
import GRDBSQLite

/// Recognizes a ledger that cannot be opened, as opposed to a file that never was one.
enum LeftoverFiles {
    /// The number of bytes searched.
    private static let limit = 32 << 20
    private static let magic = Data("SQLite format 3\0".utf8)
    /// Fragments of the schemas that no other program has.
    private static let schemas = [
        "segment INTEGER NOT NULL, hash INTEGER NOT NULL, call_id INTEGER NOT NULL",
        "hash_bits INTEGER NOT NULL, blocks BLOB NOT NULL",
        "json_extract(c.extra, '$.usage_counters.",
    ].map { Data($0.utf8) }

    /// True if the remains of a file are of a ledger of this version or an older one.
    ///
    /// An intact header decides; without one, the remaining pages do.
    static func areOfLedger(_ path: String) -> Bool {
        let bytes = read(path)
        if bytes.starts(with: magic) { return isHead(bytes) }
        return schemas.contains { bytes.range(of: $0) != nil }
    }

    /// True if the header of a database shows a ledger that this version understands.
    private static func isHead(_ bytes: Data) -> Bool {
        func number(at offset: Int) -> Int64 {
            bytes.dropFirst(offset).prefix(4).reduce(0) { $0 << 8 | Int64($1) }
        }
        return number(at: 68) == LedgerSchema.applicationID && number(at: 60) <= LedgerSchema.version
    }

    /// The beginning of a file, read through SQLite, which reads nothing by itself on opening.
    private static func read(_ path: String) -> Data {
        var connection: SQLiteConnection?
        defer { sqlite3_close_v2(connection) }
        guard sqlite3_open_v2(path, &connection, SQLITE_OPEN_READONLY, nil) == SQLITE_OK, let connection,
            let file = RawFile(.database, of: connection)
        else { return Data() }
        return Data(file.bytes(limit))
    }
}
