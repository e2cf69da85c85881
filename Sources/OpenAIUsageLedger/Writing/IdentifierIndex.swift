import GRDB

/// The writer's side of the look-up by request id and the like.
///
/// An index on random identities would make every insertion touch a random page. Instead the identities of new rows are
/// not indexed at all, and a reader scans those few. From time to time the writer seals them: their hashes are sorted
/// and appended as one segment, of which a look-up takes one step each.
struct IdentifierIndex {
    /// Rows up to this one are sealed, except those that are listed as not.
    private(set) var sealedThrough: Int64
    /// How many rows are not sealed.
    private(set) var unsealedCount: Int
    private var segment: Int64

    /// The rows that one segment takes.
    private let segmentLength: Int

    /// Loads the state of a ledger.
    init(_ database: Database, segmentLength: Int) throws {
        self.segmentLength = max(1, segmentLength)
        sealedThrough =
            try Int64.fetchOne(database, sql: "SELECT value FROM meta WHERE name = 'sealed_through'") ?? .min
        segment = try Int64.fetchOne(database, sql: "SELECT max(segment) FROM identifier") ?? 0
        let newer = try Int.fetchOne(
            database,
            sql: "SELECT count(*) FROM call WHERE id > ?",
            arguments: [sealedThrough]
        )
        let late = try Int.fetchOne(database, sql: "SELECT count(*) FROM unsealed")
        unsealedCount = (newer ?? 0) + (late ?? 0)
    }

    /// Takes note of a row that was added or finished.
    ///
    /// A call that took long may be finished when those around it are sealed: it is listed.
    mutating func note(_ id: Int64, _ database: Database) throws {
        unsealedCount += 1
        guard id <= sealedThrough else { return }
        try database.cachedStatement(sql: "INSERT OR IGNORE INTO unsealed(call_id) VALUES(?)").execute(arguments: [id])
    }

    /// Seals one segment of rows.
    ///
    /// - Returns: The hashes of the identities, each with its row.
    mutating func seal(_ database: Database) throws -> [(hash: Int64, call: Int64)] {
        var entries: [(hash: Int64, call: Int64)] = []
        var through = sealedThrough
        // The identity of Cloudflare's edge is on every row: it is looked for where there is no other.
        let columns = """
            c.id, c.operation_id, c.request_id, c.client_request_id, c.response_id, c.object_alias,
            iif(c.request_id IS NULL OR c.edge_request_id NOT GLOB '????????????????-???', c.edge_request_id, NULL)
            """
        func read(_ sql: String, _ arguments: StatementArguments) throws -> Int {
            var count = 0
            let statement = try database.cachedStatement(sql: sql)
            statement.setUncheckedArguments(arguments)
            try statement.forEachRow(in: database) { source in
                var row = source
                let id = row.integer() ?? 0
                through = max(through, id)
                for _ in 0..<6 {
                    if let hash = row.identifierHash() { entries.append((hash, id)) }
                }
                count += 1
                return true
            }
            return count
        }
        let late = try read(
            "SELECT \(columns) FROM unsealed AS u CROSS JOIN call AS c ON c.id = u.call_id ORDER BY u.call_id LIMIT ?",
            [segmentLength]
        )
        let lastLate = try Int64.fetchOne(
            database,
            sql: "SELECT max(call_id) FROM (SELECT call_id FROM unsealed ORDER BY call_id LIMIT ?)",
            arguments: [segmentLength]
        )
        let newer = try read(
            "SELECT \(columns) FROM call AS c WHERE c.id > ? ORDER BY c.id LIMIT ?",
            [sealedThrough, segmentLength]
        )
        entries.sort { ($0.hash, $0.call) < ($1.hash, $1.call) }
        try write(entries, database)
        if let lastLate {
            try database.execute(sql: "DELETE FROM unsealed WHERE call_id <= ?", arguments: [lastLate])
        }
        try database.execute(
            sql: "INSERT OR REPLACE INTO meta(name, value) VALUES('sealed_through', ?)",
            arguments: [through]
        )
        sealedThrough = through
        // Rows that were noted twice, once open and once finished, are counted once here.
        unsealedCount = late + newer < segmentLength ? 0 : max(0, unsealedCount - late - newer)
        return entries
    }

    private mutating func write(_ entries: [(hash: Int64, call: Int64)], _ database: Database) throws {
        guard !entries.isEmpty else { return }
        segment += 1
        let statement = try database.cachedStatement(
            sql: "INSERT OR IGNORE INTO identifier(segment, hash, call_id) VALUES(?, ?, ?)"
        )
        for entry in entries {
            try statement.run(in: database) { binder in
                binder.integer(segment)
                binder.integer(entry.hash)
                binder.integer(entry.call)
            }
        }
    }
}
