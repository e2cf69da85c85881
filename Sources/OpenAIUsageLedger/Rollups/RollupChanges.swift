import GRDB
import GRDBSQLite
import OpenAIUsage

/// Changes of sums that are not in the table of rollups yet, by series, result and quarter of an hour.
struct RollupChanges {
    private var sums: [RollupKey: RollupSums] = [:]
    private var writer = VarintWriter()

    /// True if there are none.
    var isEmpty: Bool { sums.isEmpty }

    /// Adds a call, or subtracts it with the weight -1.
    mutating func add(_ call: RollupSums.Call, startedAt: Int64, series: Int, result: Int, weight: Int64 = 1) {
        let time = RollupKey.time(of: startedAt, .quarter)
        let key = RollupKey(level: .quarter, time: time, series: series, result: result)
        sums[key, default: RollupSums()].add(call, weight: weight)
    }

    /// Adds sums to those of a quarter of an hour.
    mutating func add(_ other: RollupSums, at key: RollupKey) { sums[key, default: RollupSums()].add(other) }

    /// Forgets all changes.
    mutating func removeAll() { sums.removeAll(keepingCapacity: true) }

    /// Adds the changes to the table, on all levels.
    mutating func apply(_ database: Database) throws {
        guard !sums.isEmpty else { return }
        let read = try database.cachedStatement(sql: "SELECT sums FROM rollup WHERE key = ?").sqliteStatement
        let insert = try database.cachedStatement(sql: "INSERT OR REPLACE INTO rollup(key, sums) VALUES(?, ?)")
        let delete = try database.cachedStatement(sql: "DELETE FROM rollup WHERE key = ?")
        var level = sums
        while true {
            for (key, change) in level.sorted(by: { $0.key.rowID < $1.key.rowID }) {
                var total = change
                guard try total.addRow(key.rowID, read, database) else {
                    throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "A rollup cannot be read.")
                }
                if total.isEmpty {
                    try delete.run(in: database) { $0.integer(key.rowID) }
                    continue
                }
                writer.clear()
                total.write(to: &writer)
                let bytes = writer.bytes
                try insert.run(in: database) { binder in
                    binder.integer(key.rowID)
                    binder.blob(bytes)
                }
            }
            guard let first = level.keys.first, let coarser = RollupKey.Level(rawValue: first.level.rawValue + 1) else {
                break
            }
            var next: [RollupKey: RollupSums] = [:]
            for (key, change) in level {
                let time = RollupKey.time(of: RollupKey.start(of: key.time, key.level), coarser)
                next[
                    RollupKey(level: coarser, time: time, series: key.series, result: key.result),
                    default: RollupSums()
                ]
                .add(change)
            }
            level = next
        }
        removeAll()
    }
}

extension RollupSums {
    /// Adds the sums of a row, if there is one.
    ///
    /// - Returns: False if they cannot be read.
    fileprivate mutating func addRow(_ key: Int64, _ statement: SQLiteStatement, _ database: Database) throws -> Bool {
        sqlite3_reset(statement)
        sqlite3_bind_int64(statement, 1, key)
        defer { sqlite3_reset(statement) }
        switch sqlite3_step(statement) {
        case SQLITE_ROW: return add(StatementRow(statement).bytes(at: 0))
        case SQLITE_DONE: return true
        case let code: throw database.error(code)
        }
    }
}
