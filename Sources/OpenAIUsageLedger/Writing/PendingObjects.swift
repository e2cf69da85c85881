import GRDB
import OpenAIUsage

/// The objects in rows whose identities are not sealed, so that the writer finds them without a scan.
struct PendingObjects {
    private var rows: [Int64: [Int64]] = [:]
    private var staged: [Int64: [Int64]] = [:]

    /// Loads the objects of a ledger.
    init(_ database: Database) throws {
        let sql = """
            SELECT id, response_id, object_alias FROM call
            WHERE id > coalesce((SELECT value FROM meta WHERE name = 'sealed_through'), -9223372036854775808)
            UNION ALL
            SELECT c.id, c.response_id, c.object_alias
            FROM unsealed AS u CROSS JOIN call AS c ON c.id = u.call_id
            """
        try database.makeStatement(sql: sql).forEachRow(in: database) { source in
            var row = source
            let id = row.integer() ?? 0
            for _ in 0..<2 {
                if let hash = row.identifierHash() { rows[hash, default: []].append(id) }
            }
            return true
        }
    }

    /// The numbers of the rows that may bear the identity of a hash, those of the open transaction included.
    func rows(of hash: Int64) -> Set<Int64> {
        Set(rows[hash] ?? []).union(staged[hash] ?? [])
    }

    /// Notes a row of the open transaction.
    mutating func note(_ record: CallRecord) {
        for identity in [record.responseID, record.objectAlias] {
            guard let identity else { continue }
            staged[IdentifierHash.hash(identity), default: []].append(record.id.rawValue)
        }
    }

    /// Keeps what was noted since the last commit.
    mutating func commit() {
        for (hash, numbers) in staged {
            for number in numbers where rows[hash]?.contains(number) != true { rows[hash, default: []].append(number) }
        }
        staged.removeAll(keepingCapacity: true)
    }

    /// Forgets what was noted since the last commit.
    mutating func rollBack() {
        staged.removeAll(keepingCapacity: true)
    }

    /// Forgets rows that are sealed.
    ///
    /// - Parameter sealed: The hashes of all their identities, each with its row.
    mutating func remove(_ sealed: [(hash: Int64, call: Int64)]) {
        for (hash, call) in sealed {
            guard let numbers = rows[hash] else { continue }
            let rest = numbers.filter { $0 != call }
            rows[hash] = rest.isEmpty ? nil : rest
        }
    }
}
