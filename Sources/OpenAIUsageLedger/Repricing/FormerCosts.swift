import GRDB
package import OpenAIUsage

/// A run of repricing that changed costs.
package struct RepriceHistoryEntry: Sendable, Equatable {
    /// The start of the run in microseconds since 1970.
    package var startedAt: Int64
    /// The version of the price book.
    package var priceVersion: String
    /// The versions that had priced the calls before, in alphabetical order; at most 16.
    package var oldVersions: [String]
    /// The number of calls whose cost, status or reason changed.
    package var calls: Int64
    /// The sum of their known costs before, in picodollars.
    package var oldPicoUSD: Int128
    /// The sum of their known costs after, in picodollars.
    package var newPicoUSD: Int128

    /// The change of the sum, in picodollars.
    package var differencePicoUSD: Int128 { newPicoUSD - oldPicoUSD }
}

/// The cost that a call had before a run of repricing.
package struct FormerCost: Sendable, Equatable {
    /// The start of the run in microseconds since 1970.
    package var repricedAt: Int64
    /// The version of the price book that the run priced by.
    package var priceVersion: String
    /// The cost before the run, with the version of its book.
    package var cost: CallCost
}

extension LedgerReader {
    /// Returns the former costs of a call, the oldest first; none if it was never repriced to another cost.
    ///
    /// - Throws: A ``LedgerError``.
    package func formerCosts(of call: CallID) throws -> [FormerCost] {
        try read { database, _ in
            guard try FormerCosts.exist(database) else { return [] }
            return try Row.fetchAll(
                database,
                sql: """
                    SELECT r.started_at, r.price_version, f.cost_pico_usd, k.status, k.reason, k.price_version
                    FROM former_cost AS f JOIN reprice_run AS r ON r.id = f.run JOIN cost_kind AS k ON k.id = f.kind
                    WHERE f.call_id = ? ORDER BY r.started_at, r.id
                    """,
                arguments: [call.rawValue]
            ).map { row in
                var cost = CallCost()
                cost.picoUSD = row[2]
                cost.status = CostStatus(rawValue: row[3] as String) ?? .unpriced
                cost.reason = (row[4] as String?).map { CostReason(rawValue: $0) }
                cost.priceVersion = row[5]
                return FormerCost(repricedAt: row[0], priceVersion: row[1], cost: cost)
            }
        }
    }

    /// Returns the runs of repricing that changed costs, the newest first.
    ///
    /// - Throws: A ``LedgerError``.
    package func repriceHistory() throws -> [RepriceHistoryEntry] {
        try read { database, _ in
            guard try FormerCosts.exist(database) else { return [] }
            return try Row.fetchAll(database, sql: "SELECT * FROM reprice_run ORDER BY started_at DESC, id DESC").map {
                RepriceHistoryEntry(
                    startedAt: $0["started_at"],
                    priceVersion: $0["price_version"],
                    oldVersions: FormerCosts.versions($0["old_versions"]),
                    calls: $0["calls"],
                    oldPicoUSD: Int128($0["old_pico_usd"] as String) ?? 0,
                    newPicoUSD: Int128($0["new_pico_usd"] as String) ?? 0
                )
            }
        }
    }
}

/// The record of one run of repricing, written with the costs that it changes.
struct FormerCosts: Sendable {
    /// The most runs that are listed.
    static let maximumRuns = 1_000
    /// The most former versions that a run lists.
    static let maximumVersions = 16

    /// The start of the run in microseconds since 1970.
    var startedAt: Int64
    /// The version of the price book; `nil` for the one that the new costs name.
    var priceVersion: String?

    /// True if the ledger has the tables; older ones that are only read do not.
    static func exist(_ database: Database) throws -> Bool {
        try Int.fetchOne(database, sql: "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'former_cost'")
            != nil
    }

    /// Returns the versions in a text.
    static func versions(_ text: String) -> [String] { text.split(separator: "\n").map { String($0) } }

    /// Keeps the costs of rows before they change, in the transaction that changes them.
    ///
    /// - Parameters:
    ///   - changes: The rows that are written, with their costs before and after.
    ///   - database: The ledger.
    /// - Throws: An error of SQLite.
    func keep(_ changes: [RepriceRun.Change], _ database: Database) throws {
        let changes = changes.filter(\.isOtherCost)
        guard !changes.isEmpty else { return }
        let run = try number(changes, database)
        var kinds: [(cost: CallCost, number: Int64)] = []
        let insert = try database.cachedStatement(
            sql: "INSERT OR IGNORE INTO former_cost(call_id, run, kind, cost_pico_usd) VALUES(?, ?, ?, ?)"
        )
        for change in changes {
            var shared = change.old
            shared.picoUSD = nil
            shared.upperBoundPicoUSD = nil
            var kind = kinds.first { $0.cost == shared }?.number
            if kind == nil {
                let number = try Self.kind(shared, database)
                kinds.append((shared, number))
                kind = number
            }
            try insert.execute(arguments: [change.id, run, kind, change.old.picoUSD])
        }
        try add(changes, to: run, database)
    }

    /// Returns the number of the run, which gets its row with the first change.
    private func number(_ changes: [RepriceRun.Change], _ database: Database) throws -> Int64 {
        let version = priceVersion ?? changes.lazy.compactMap(\.new.priceVersion).first ?? ""
        if let run = try Int64.fetchOne(
            database,
            sql: "SELECT id FROM reprice_run WHERE started_at = ? AND price_version = ?",
            arguments: [startedAt, version]
        ) {
            return run
        }
        try database.execute(
            sql: """
                INSERT INTO reprice_run(started_at, price_version, old_versions, calls, old_pico_usd, new_pico_usd)
                VALUES(?, ?, '', 0, '0', '0')
                """,
            arguments: [startedAt, version]
        )
        let run = database.lastInsertedRowID
        // The oldest runs and the costs before them give way.
        let oldest = run - Int64(Self.maximumRuns)
        if try Int.fetchOne(database, sql: "SELECT 1 FROM reprice_run WHERE id <= ?", arguments: [oldest]) != nil {
            try database.execute(sql: "DELETE FROM former_cost WHERE run <= ?", arguments: [oldest])
            try database.execute(sql: "DELETE FROM reprice_run WHERE id <= ?", arguments: [oldest])
        }
        return run
    }

    private func add(_ changes: [RepriceRun.Change], to run: Int64, _ database: Database) throws {
        guard
            let row = try Row.fetchOne(
                database,
                sql: "SELECT old_versions, old_pico_usd, new_pico_usd FROM reprice_run WHERE id = ?",
                arguments: [run]
            )
        else { return }
        var versions = Set(Self.versions(row[0]))
        versions.formUnion(changes.compactMap(\.old.priceVersion))
        var (old, new) = (Int128(row[1] as String) ?? 0, Int128(row[2] as String) ?? 0)
        for change in changes {
            old += Int128(change.old.picoUSD ?? 0)
            new += Int128(change.new.picoUSD ?? 0)
        }
        try database.execute(
            sql: """
                UPDATE reprice_run SET calls = calls + ?, old_versions = ?, old_pico_usd = ?, new_pico_usd = ? WHERE id = ?
                """,
            arguments: [
                changes.count, versions.sorted().prefix(Self.maximumVersions).joined(separator: "\n"), String(old),
                String(new), run,
            ]
        )
    }

    private static func kind(_ cost: CallCost, _ database: Database) throws -> Int64 {
        let values: StatementArguments = [cost.status.rawValue, cost.reason?.rawValue, cost.priceVersion]
        if let kind = try Int64.fetchOne(
            database,
            sql: "SELECT id FROM cost_kind WHERE status = ? AND reason IS ? AND price_version IS ?",
            arguments: values
        ) {
            return kind
        }
        try database.execute(
            sql: "INSERT INTO cost_kind(status, reason, price_version) VALUES(?, ?, ?)",
            arguments: values
        )
        return database.lastInsertedRowID
    }

    /// Removes the former costs of pruned rows, in the transaction that prunes them.
    ///
    /// - Parameters:
    ///   - rows: The pruned rows, in order.
    ///   - database: The ledger.
    /// - Throws: An error of SQLite.
    static func prune(_ rows: [Int64], _ database: Database) throws {
        guard let first = rows.first, let last = rows.last else { return }
        let statement = try database.cachedStatement(
            sql: "SELECT call_id FROM former_cost WHERE call_id BETWEEN ? AND ? GROUP BY call_id"
        )
        statement.setUncheckedArguments([first, last])
        var found: [Int64] = []
        try statement.forEachRow(in: database) { row in
            if let id = row.integer(at: 0) { found.append(id) }
            return true
        }
        guard !found.isEmpty else { return }
        let gone = Set(rows)
        let delete = try database.cachedStatement(sql: "DELETE FROM former_cost WHERE call_id = ?")
        for id in found where gone.contains(id) { try delete.execute(arguments: [id]) }
    }

    /// Adds the former costs of another ledger whose rows were copied.
    static func copy(from source: Database, to target: Database) throws {
        guard try exist(source) else { return }
        var runs: [Int64: Int64] = [:]
        for row in try Row.fetchAll(source, sql: "SELECT * FROM reprice_run ORDER BY id") {
            let (startedAt, version): (Int64, String) = (row["started_at"], row["price_version"])
            // A copy of the same ledger has the same runs.
            let known = try Int64.fetchOne(
                target,
                sql: "SELECT id FROM reprice_run WHERE started_at = ? AND price_version = ?",
                arguments: [startedAt, version]
            )
            if known == nil {
                try target.execute(
                    sql: """
                        INSERT INTO reprice_run(started_at, price_version, old_versions, calls, old_pico_usd, new_pico_usd)
                        VALUES(?, ?, ?, ?, ?, ?)
                        """,
                    arguments: [
                        startedAt, version, row["old_versions"] as String, row["calls"] as Int64,
                        row["old_pico_usd"] as String, row["new_pico_usd"] as String,
                    ]
                )
            }
            runs[row["id"]] = known ?? target.lastInsertedRowID
        }
        var kinds: [Int64: Int64] = [:]
        for row in try Row.fetchAll(source, sql: "SELECT id, status, reason, price_version FROM cost_kind") {
            var cost = CallCost()
            cost.status = CostStatus(rawValue: row[1] as String) ?? .unpriced
            cost.reason = (row[2] as String?).map { CostReason(rawValue: $0) }
            cost.priceVersion = row[3]
            kinds[row[0]] = try kind(cost, target)
        }
        let costs = try Row.fetchCursor(source, sql: "SELECT call_id, run, kind, cost_pico_usd FROM former_cost")
        while let row = try costs.next() {
            guard let run = runs[row[1]], let kind = kinds[row[2]] else { continue }
            try target.execute(
                sql: "INSERT OR IGNORE INTO former_cost(call_id, run, kind, cost_pico_usd) VALUES(?, ?, ?, ?)",
                arguments: [row[0] as Int64, run, kind, row[3] as Int64?]
            )
        }
    }
}
