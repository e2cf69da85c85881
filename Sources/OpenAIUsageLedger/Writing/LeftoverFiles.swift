import Foundation
import GRDB
import GRDBSQLite

/// The recognition of a ledger that cannot be opened any more, as opposed to a file that never was one.
enum LeftoverFiles {
    /// How far a file is searched, in bytes.
    private static let limit = 32 << 20
    private static let magic = Data("SQLite format 3\0".utf8)
    /// Parts of the schemas that no other program has.
    private static let schemas = [
        "segment INTEGER NOT NULL, hash INTEGER NOT NULL, call_id INTEGER NOT NULL",
        "hash_bits INTEGER NOT NULL, blocks BLOB NOT NULL",
        "json_extract(c.extra, '$.usage_counters.",
    ].map { Data($0.utf8) }

    /// True if what is left of a file is of a ledger of this version or an older one.
    ///
    /// A whole head decides; without one, pages that are left do.
    static func areOfLedger(_ path: String) -> Bool {
        let bytes = read(path)
        if bytes.starts(with: magic) { return isHead(bytes) }
        return schemas.contains { bytes.range(of: $0) != nil }
    }

    /// True if the head of a database says that it is a ledger which this version understands.
    private static func isHead(_ bytes: Data) -> Bool {
        func number(at offset: Int) -> Int64 {
            bytes.dropFirst(offset).prefix(4).reduce(0) { $0 << 8 | Int64($1) }
        }
        return number(at: 68) == LedgerSchema.applicationID && number(at: 60) <= LedgerSchema.version
    }

    /// The beginning of a file, read by SQLite, which looks at nothing before it is asked.
    private static func read(_ path: String) -> Data {
        var connection: SQLiteConnection?
        defer { sqlite3_close_v2(connection) }
        guard sqlite3_open_v2(path, &connection, SQLITE_OPEN_READONLY, nil) == SQLITE_OK, let connection,
            let file = RawFile(.database, of: connection)
        else { return Data() }
        return Data(file.bytes(limit))
    }
}
