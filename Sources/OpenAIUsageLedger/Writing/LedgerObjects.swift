import GRDB
import OpenAIUsage

/// What a ledger knows of the API's objects.
enum LedgerObjects {
    /// How many of the newest rows are looked through when a ledger is opened.
    static let maximumRows = 65_536

    /// The states of usage in which a row still waits for it.
    private static let waiting: Set<UsageState> = [.null, .missing, .cut]

    /// A register of the objects in the newest rows.
    static func register(_ database: Database) throws -> ObjectRegister {
        let register = ObjectRegister()
        var names = LabelNames()
        try names.update(database)
        let endpoints = names.numbers(.endpoint) { Endpoint.namesWithObjects.contains($0) }
        guard !endpoints.isEmpty else { return register }
        let sql = """
            \(CallColumns.select)
            WHERE id >= (SELECT min(id) FROM (SELECT id FROM call ORDER BY id DESC LIMIT ?))
                AND response_id IS NOT NULL AND is_counted
                AND endpoint IN (\(endpoints.map(String.init).joined(separator: ",")))
            ORDER BY id
            """
        let statement = try database.makeStatement(sql: sql)
        statement.setUncheckedArguments([maximumRows])
        let decoder = CallDecoder(names)
        try statement.forEachRow(in: database) { row in
            let record = decoder.record(row)
            guard let identity = record.responseID else { return true }
            if waiting.contains(record.usageState) {
                register.noteOwed(identity, ObjectOrigin(record))
            } else {
                register.noteCounted(identity)
                if let alias = record.objectAlias { register.noteCounted(alias) }
            }
            return true
        }
        return register
    }

    /// Marks the call that created an object, whose usage another call has told.
    static func settle(_ call: CallID, _ database: Database) throws {
        let statement = try database.cachedStatement(
            sql: """
                UPDATE call SET usage_state = ?1, cost_reason = NULL, cost_upper_bound_pico_usd = NULL
                    WHERE id = ?2 AND usage_state IN ('null', 'missing', 'cut')
                """
        )
        try statement.run(in: database) { binder in
            binder.text(UsageState.settled.rawValue)
            binder.integer(call.rawValue)
        }
    }

    /// Whether another row has counted the object that a call shows.
    ///
    /// It is asked for objects that the process does not remember: it remembers the newest ones.
    static func isCounted(_ record: CallRecord, _ database: Database) throws -> Bool {
        let lookup = IdentifierLookup(database)
        for identity in [record.responseID, record.objectAlias].compactMap({ $0 }) {
            for id in try lookup.candidates(of: identity) where id != record.id.rawValue {
                let statement = try database.cachedStatement(
                    sql: """
                        SELECT 1 FROM call WHERE id = ? AND is_counted AND ? IN (response_id, object_alias)
                            AND usage_state NOT IN ('null', 'missing', 'cut', 'settled', 'error', 'unparsable')
                        """
                )
                if try Bool.fetchOne(statement, arguments: [id, identity]) == true { return true }
            }
        }
        return false
    }
}
