import GRDB
import OpenAIUsage

/// The ledger's knowledge of API objects.
enum LedgerObjects {
    /// The number of newest rows that are read when a ledger is opened.
    static let maximumRows = 65_536

    /// The usage states of rows whose usage is pending.
    static let waiting: Set<UsageState> = [.null, .missing, .cut]

    /// Returns the objects in the newest rows, and the containers that are paid for.
    ///
    /// - Parameters:
    ///   - database: The ledger.
    ///   - now: The time in microseconds since 1970.
    /// - Returns: The objects and containers.
    /// - Throws: An error of SQLite.
    static func register(_ database: Database, now: Int64) throws -> BilledObjects {
        let register = BilledObjects()
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

    private static func registerObjects(in register: BilledObjects, _ database: Database) throws {
        var facts = SharedTables()
        try facts.update(database)
        let isOfObjects = facts.series.map {
            $0.value[.endpoint].map(EndpointCatalog.standard.namesWithObjects.contains) ?? true
        }
        guard isOfObjects.contains(true) else { return }
        let sql = """
            \(RowFormat.select)
            WHERE id >= (SELECT min(id) FROM (SELECT id FROM call ORDER BY id DESC LIMIT ?)) AND response_id IS NOT NULL
            ORDER BY id
            """
        let statement = try database.makeStatement(sql: sql)
        statement.setUncheckedArguments([maximumRows])
        let decoder = RowDecoder(facts)
        try statement.forEachRow(in: database) { row in
            let series = Int(row.integer(at: 1) ?? 0) - 1
            guard isOfObjects.indices.contains(series), isOfObjects[series] else { return true }
            let record = decoder.record(row)
            guard record.isCounted, EndpointCatalog.standard.namesWithObjects.contains(record.endpoint.name),
                let identity = record.responseID
            else { return true }
            if waiting.contains(record.usageState) {
                register.notePending(identity, ObjectOrigin(record))
            } else {
                register.noteCounted(identity)
                if let alias = record.objectAlias { register.noteCounted(alias) }
            }
            return true
        }
    }

    /// Stores that a container is paid for, and deletes expired entries.
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
}
