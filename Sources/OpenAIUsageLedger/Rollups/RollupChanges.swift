import GRDB
import GRDBSQLite
import OpenAIUsage

/// Changes to sums that are not yet in the table of rollups.
struct RollupChanges {
    private var shares: [CallContribution] = []
    /// The counter values of the contributions.
    private var values: [Int64] = []

    /// True if there are no changes.
    var isEmpty: Bool { shares.isEmpty }

    /// Adds or subtracts an ended call.
    mutating func add(_ record: borrowing CallRecord, series: Int, result: Int, isNegative: Bool = false) {
        var share = CallContribution(record, series: series, result: result, isNegative: isNegative)
        if share.marks.contains(.counted) {
            share.firstValue = Int32(truncatingIfNeeded: values.count)
            share.counters = record.usage.reported
            record.usage.forEachReported { _, value in values.append(value) }
        }
        shares.append(share)
    }

    /// Discards all changes.
    mutating func removeAll() {
        shares.removeAll(keepingCapacity: true)
        values.removeAll(keepingCapacity: true)
    }

    /// Applies the changes to all levels of the table, and discards them.
    mutating func apply(_ database: Database) throws {
        guard !shares.isEmpty else { return }
        var table = RollupTable(database, try RollupTable.Statements(database))
        // The order of a level is nearly that of the next.
        var order = shares.indices.map { Place(key: 0, index: Int32(truncatingIfNeeded: $0)) }
        for level in RollupKey.Level.allCases {
            var (lastQuarter, lastTime) = (Int32.min, Int64(0))
            for place in order.indices {
                let share = shares[Int(order[place].index)]
                if share.quarter != lastQuarter {
                    lastQuarter = share.quarter
                    lastTime = RollupKey.time(of: RollupKey.start(of: Int64(share.quarter), .quarter), level)
                }
                let key = RollupKey(level: level, time: lastTime, series: Int(share.series), result: Int(share.result))
                order[place].key = key.rowID
            }
            order.sort { $0.key < $1.key }
            if level == RollupKey.Level.allCases.first { arrange(&order) }
            try table.begin(level)
            var index = 0
            while index < order.count {
                let key = order[index].key
                table.sum.clear()
                values.withUnsafeBufferPointer { values in
                    // A contribution without counters has no values.
                    withUnsafePointer(to: 0 as Int64) { none in
                        let values = values.baseAddress ?? none
                        while index < order.count, order[index].key == key {
                            table.sum.add(shares[Int(order[index].index)], values: values)
                            index += 1
                        }
                    }
                }
                try table.save(key)
            }
        }
        try stampDays(database)
        removeAll()
    }

    /// Moves the contributions and their values into an order, so that adding them up reads the memory from front to back.
    private mutating func arrange(_ order: inout [Place]) {
        var (sorted, sortedValues): ([CallContribution], [Int64]) = ([], [])
        sorted.reserveCapacity(shares.count)
        sortedValues.reserveCapacity(values.count)
        for place in order.indices {
            var share = shares[Int(order[place].index)]
            let first = Int(share.firstValue)
            share.firstValue = Int32(truncatingIfNeeded: sortedValues.count)
            sortedValues += values[first..<first + share.counters.nonzeroBitCount]
            order[place].index = Int32(truncatingIfNeeded: sorted.count)
            sorted.append(share)
        }
        (shares, values) = (sorted, sortedValues)
    }

    private func stampDays(_ database: Database) throws {
        var days = Set<Int64>()
        var last = Int32.min
        for share in shares where share.quarter != last {
            last = share.quarter
            days.insert(RollupKey.time(of: RollupKey.start(of: Int64(last), .quarter), .day))
        }
        try RollupDays.stamp(days, database)
    }

    /// Adds sums of quarters of an hour to all levels of the table.
    static func add(_ sums: [RollupKey: RollupSums], _ database: Database) throws {
        var table = RollupTable(database, try RollupTable.Statements(database))
        var level = sums
        while let first = level.keys.first {
            for (key, sums) in level { try table.add(sums, to: key.rowID) }
            if first.level == .day { try RollupDays.stamp(Set(level.keys.map(\.time)), database) }
            guard let coarser = RollupKey.Level(rawValue: first.level.rawValue + 1) else { return }
            var next: [RollupKey: RollupSums] = [:]
            for (key, sums) in level {
                let time = RollupKey.time(of: RollupKey.start(of: key.time, key.level), coarser)
                let place = RollupKey(level: coarser, time: time, series: key.series, result: key.result)
                next[place, default: RollupSums()].add(sums)
            }
            level = next
        }
    }

    /// The key of a contribution's row in the table.
    private struct Place {
        var key: Int64
        var index: Int32
    }
}

/// The table of rollups during an update.
private struct RollupTable: ~Copyable {
    /// The changes to one row.
    var sum = ShareSum()

    private let database: Database
    private let statements: Statements
    private var writer = VarintWriter()
    /// The last row of the level; later rows need no lookup.
    private var last = Int64.min

    init(_ database: Database, _ statements: Statements) {
        self.database = database
        self.statements = statements
    }

    /// The statements that read and write rows.
    struct Statements {
        let find: SQLiteStatement
        let insert: Statement
        let update: Statement
        let delete: Statement

        init(_ database: Database) throws {
            find = try database.cachedStatement(sql: "SELECT sums FROM rollup WHERE key = ?").sqliteStatement
            insert = try database.cachedStatement(sql: "INSERT INTO rollup(key, sums) VALUES(?, ?)")
            update = try database.cachedStatement(sql: "UPDATE rollup SET sums = ?2 WHERE key = ?1")
            delete = try database.cachedStatement(sql: "DELETE FROM rollup WHERE key = ?")
        }
    }

    /// Starts an update of the rows of a level.
    mutating func begin(_ level: RollupKey.Level) throws {
        let rows = RollupKey.rows(level, 0...RollupKey.maximumTime)
        let statement = try database.cachedStatement(sql: "SELECT max(key) FROM rollup WHERE key BETWEEN ? AND ?")
        last = try Int64.fetchOne(statement, arguments: [rows.lowerBound, rows.upperBound]) ?? .min
    }

    /// Adds the changes to a row; rows come in ascending order.
    mutating func save(_ key: Int64) throws {
        guard key <= last else { return try write(key, stored: nil, with: statements.insert) }
        sqlite3_reset(statements.find)
        sqlite3_bind_int64(statements.find, 1, key)
        defer { sqlite3_reset(statements.find) }
        switch sqlite3_step(statements.find) {
        case SQLITE_DONE: try write(key, stored: nil, with: statements.insert)
        case SQLITE_ROW:
            guard let stored = sum.add(StatementRow(statements.find).bytes(at: 0)) else { throw Self.unreadable }
            try write(key, stored: stored, with: statements.update)
        case let code: throw database.error(code)
        }
    }

    /// Adds sums to a row; rows come in any order.
    mutating func add(_ other: RollupSums, to key: Int64) throws {
        sqlite3_reset(statements.find)
        sqlite3_bind_int64(statements.find, 1, key)
        defer { sqlite3_reset(statements.find) }
        var total = other
        let isStored: Bool
        switch sqlite3_step(statements.find) {
        case SQLITE_DONE: isStored = false
        case SQLITE_ROW:
            guard total.add(StatementRow(statements.find).bytes(at: 0)) else { throw Self.unreadable }
            isStored = true
        case let code: throw database.error(code)
        }
        writer.clear()
        total.write(to: &writer)
        let bytes = writer.bytes
        try (isStored ? statements.update : statements.insert).run(in: database) { binder in
            binder.integer(key)
            binder.blob(bytes)
        }
    }

    private mutating func write(_ key: Int64, stored: RollupReader?, with statement: Statement) throws {
        writer.clear()
        guard let hasContent = sum.write(to: &writer, stored: stored) else { throw Self.unreadable }
        guard hasContent else {
            if stored != nil { try statements.delete.run(in: database) { $0.integer(key) } }
            return
        }
        let bytes = writer.bytes
        try statement.run(in: database) { binder in
            binder.integer(key)
            binder.blob(bytes)
        }
    }

    private static var unreadable: DatabaseError {
        DatabaseError(resultCode: .SQLITE_CORRUPT, message: "A rollup cannot be read.")
    }
}
