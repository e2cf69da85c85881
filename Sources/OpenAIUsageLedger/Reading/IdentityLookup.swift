import GRDB
import OpenAIUsage

/// A lookup of rows by the identities of their calls.
struct IdentityLookup {
    private let database: Database

    /// Creates a lookup in an open ledger.
    init(_ database: Database) {
        self.database = database
    }

    /// Returns the IDs of the rows with an identity.
    func rows(of identity: String, _ facts: SharedTables) throws -> Set<Int64> {
        var found = try flushed(IdentityHash.hash(identity), identity, facts)
        if let id = CallID(identity) { found.insert(id.rawValue) }
        let flushedThrough = try PendingRows.flushedThrough(database)
        try scan("WHERE id > ?", [flushedThrough], identity, facts, &found)
        try scan("WHERE id IN (SELECT call_id FROM pending_call)", [], identity, facts, &found)
        try scan("WHERE result < 0 AND id <= ?", [flushedThrough], identity, facts, &found)
        if found.isEmpty, CallRecord.isEdgeIdentity(identity) { try findEdge(identity, facts, &found) }
        return found
    }

    /// Finds the newest row with an identity of the network's edge, which is in the index only if the row has no other.
    private func findEdge(_ identity: String, _ facts: SharedTables, _ found: inout Set<Int64>) throws {
        let sql = "SELECT id, edge_request_id FROM call WHERE edge_request_id IS NOT NULL ORDER BY id DESC"
        try database.cachedStatement(sql: sql).forEachRow(in: database) { row in
            guard row.identity(at: 1, facts) == identity else { return true }
            found.insert(row.integer(at: 0) ?? 0)
            return false
        }
    }

    /// Returns the IDs of the flushed rows with an identity and its hash.
    func flushed(_ hash: UInt64, _ identity: String, _ facts: SharedTables) throws -> Set<Int64> {
        var found: Set<Int64> = []
        for block in try IdentitySegment.blocks(of: hash, database) {
            try scan("WHERE id BETWEEN ? AND ?", [block.lowerBound, block.upperBound], identity, facts, &found)
        }
        return found
    }

    private func scan(
        _ condition: String,
        _ arguments: [Int64],
        _ identity: String,
        _ facts: SharedTables,
        _ found: inout Set<Int64>
    ) throws {
        let sql = """
            SELECT id, operation_id, request_id, response_id, client_request_id, edge_request_id, trace_id, object_alias
            FROM call \(condition)
            """
        let statement = try database.cachedStatement(sql: sql)
        statement.setUncheckedArguments(StatementArguments(arguments))
        try statement.forEachRow(in: database) { row in
            for index in 1...7 as ClosedRange<Int32> where row.identity(at: index, facts) == identity {
                found.insert(row.integer(at: 0) ?? 0)
                break
            }
            return true
        }
    }
}
