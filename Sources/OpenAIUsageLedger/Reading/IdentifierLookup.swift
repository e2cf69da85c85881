import GRDB
import OpenAIUsage

/// The reader's side of the look-up by request id and the like.
struct IdentifierLookup {
    private static let condition = """
        (?1 IN (c.operation_id, c.request_id) OR c.client_request_id = ?1 OR c.response_id = ?1
            OR c.object_alias = ?1 OR c.edge_request_id = ?1)
        """

    /// The search of the few rows that are not sealed.
    ///
    /// A cross join keeps its order: SQLite would else read all calls to find which of them are listed.
    static let unsealedSQL = """
        SELECT c.id FROM call AS c WHERE c.id > ?2 AND \(condition)
        UNION ALL
        SELECT c.id FROM unsealed AS u CROSS JOIN call AS c ON c.id = u.call_id WHERE \(condition)
        """

    private let database: Database

    /// Creates a look-up in an open ledger.
    init(_ database: Database) {
        self.database = database
    }

    /// The numbers of the rows that may bear an identity, which the caller checks.
    func candidates(of identity: String) throws -> Set<Int64> {
        var candidates = try sealed(IdentifierHash.hash(identity))
        if let id = CallID(identity) { candidates.insert(id.rawValue) }
        let through = try Int64.fetchOne(database, sql: "SELECT value FROM meta WHERE name = 'sealed_through'")
        candidates.formUnion(
            try Int64.fetchAll(database, sql: Self.unsealedSQL, arguments: [identity, through ?? .min])
        )
        return candidates
    }

    /// The numbers of the sealed rows that may bear the identity of a hash.
    func sealed(_ hash: Int64) throws -> Set<Int64> {
        let last = try Int64.fetchOne(database, sql: "SELECT max(segment) FROM identifier") ?? 0
        guard last > 0 else { return [] }
        let statement = try database.cachedStatement(
            sql: "SELECT call_id FROM identifier WHERE segment = ? AND hash = ?"
        )
        var found: Set<Int64> = []
        for segment in 1...last {
            found.formUnion(try Int64.fetchAll(statement, arguments: [segment, hash]))
        }
        return found
    }
}
