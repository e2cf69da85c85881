import GRDB
import OpenAIUsage

/// The calls with an identity that begins with a text.
package struct IdentityPrefix: Sendable {
    /// The fewest characters of a prefix.
    package static let minimumLength = 6
    /// The newest rows whose identities other than that of the attempt are compared.
    static let scannedRows = 100_000

    /// The identities that begin with the text, in alphabetical order, 20 at most.
    package internal(set) var identities: [String] = []
}

extension LedgerReader {
    /// Returns the identities of calls that begin with a text: of attempts in the whole ledger, and of requests, responses,
    /// operations and traces among the newest 100,000 rows.
    ///
    /// - Parameter prefix: The text; one of fewer than 6 characters has none.
    /// - Returns: The identities.
    /// - Throws: A ``LedgerError``.
    package func identities(beginningWith prefix: String) throws -> IdentityPrefix {
        var found = IdentityPrefix()
        guard prefix.utf8.count >= IdentityPrefix.minimumLength else { return found }
        var identities: Set<String> = []
        try read { database, facts in
            if prefix.utf8.count < 16,
                let first = CallID(prefix + String(repeating: "0", count: 16 - prefix.utf8.count)),
                let last = CallID(prefix + String(repeating: "f", count: 16 - prefix.utf8.count))
            {
                let ids = try Int64.fetchAll(
                    database,
                    sql: "SELECT id FROM call WHERE id BETWEEN ? AND ? LIMIT 20",
                    arguments: [first.rawValue, last.rawValue]
                )
                for id in ids { identities.insert(CallID(rawValue: id).description) }
            }
            let statement = try database.cachedStatement(
                sql: """
                    SELECT operation_id, request_id, response_id, client_request_id, edge_request_id, trace_id, object_alias
                    FROM call ORDER BY id DESC LIMIT ?
                    """
            )
            statement.setUncheckedArguments([IdentityPrefix.scannedRows])
            try statement.forEachRow(in: database) { row in
                for index in 0...6 as ClosedRange<Int32> {
                    if let identity = row.identity(at: index, facts), identity.hasPrefix(prefix) {
                        identities.insert(identity)
                    }
                }
                return identities.count < 20
            }
        }
        found.identities = Array(identities.sorted().prefix(20))
        return found
    }
}
