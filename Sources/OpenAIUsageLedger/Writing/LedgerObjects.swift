import GRDB
import OpenAIUsage

/// What a ledger knows of the API's objects.
enum LedgerObjects {
    /// How many of the newest rows are looked through when a ledger is opened.
    static let maximumRows = 65_536

    /// The states of usage in which a row still waits for it.
    private static let waiting: Set<UsageState> = [.null, .missing, .cut]

    /// A register of the objects in the newest rows, and of the containers that are paid for.
    ///
    /// - Parameters:
    ///   - database: The ledger.
    ///   - now: Microseconds since 1970.
    /// - Returns: The register.
    /// - Throws: An error of SQLite.
    static func register(_ database: Database, now: Int64) throws -> ObjectRegister {
        let register = ObjectRegister()
        let statement = try database.makeStatement(
            sql: "SELECT hash, started_at FROM container_window WHERE started_at > ? ORDER BY started_at"
        )
        statement.setUncheckedArguments([now - ContainerWindow.length])
        try statement.forEachRow(in: database) { row in
            let window = ContainerWindow(hash: row.integer(at: 0) ?? 0, startedAt: row.integer(at: 1) ?? 0)
            register.noteContainer(window)
            return true
        }
        try registerObjects(in: register, database)
        return register
    }

    private static func registerObjects(in register: ObjectRegister, _ database: Database) throws {
        var names = LabelNames()
        try names.update(database)
        let endpoints = names.numbers(.endpoint) { Endpoint.namesWithObjects.contains($0) }
        guard !endpoints.isEmpty else { return }
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
    }

    /// Keeps that a container is paid for.
    static func keep(_ window: ContainerWindow, _ database: Database) throws {
        try database.execute(
            sql: "DELETE FROM container_window WHERE started_at <= ?",
            arguments: [window.startedAt - ContainerWindow.length]
        )
        let statement = try database.cachedStatement(
            sql: "INSERT OR REPLACE INTO container_window(hash, started_at) VALUES(?, ?)"
        )
        try statement.run(in: database) { binder in
            binder.integer(window.hash)
            binder.integer(window.startedAt)
        }
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
    /// It is asked for objects that the process does not remember: it remembers the newest ones. It takes no scan: rows
    /// that are not sealed are found in memory.
    static func isCounted(_ record: CallRecord, _ database: Database, _ pending: PendingObjects) throws -> Bool {
        let lookup = IdentifierLookup(database)
        for identity in [record.responseID, record.objectAlias].compactMap({ $0 }) {
            let hash = IdentifierHash.hash(identity)
            let candidates = try lookup.sealed(hash).union(pending.rows(of: hash))
            for id in candidates where id != record.id.rawValue {
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
