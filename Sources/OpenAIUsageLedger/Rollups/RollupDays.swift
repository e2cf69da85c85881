import GRDB
import OpenAIUsage

/// The stamps of the days of UTC in the table of rollups: a day has another stamp after each change of its sums.
///
/// A stamp is random, so that two copies of a ledger that have changed independently do not share one.
enum RollupDays {
    /// The stamps of the days in a range, by which sums over it can be kept until one of them changes.
    struct Stamps: Sendable, Equatable {
        fileprivate struct Day: Sendable, Equatable {
            var day: Int64
            var stamp: Int64
        }

        fileprivate var days: [Day] = []

        /// The memory of the stamps in bytes.
        var memorySize: Int { days.count * MemoryLayout<Day>.stride }

        /// True if the days that a range with this end touches have the same stamps in both.
        func begin(with others: Self, to end: Int64) -> Bool {
            let last = RollupKey.time(of: end - 1, .day)
            return days.prefix { $0.day <= last } == others.days[...]
        }
    }

    /// Gives days new stamps.
    static func stamp(_ days: some Sequence<Int64>, _ database: Database) throws {
        let statement = try database.cachedStatement(
            sql: "INSERT OR REPLACE INTO rollup_day(day, stamp) VALUES(?, random())"
        )
        for day in days { try statement.run(in: database) { $0.integer(day) } }
    }

    /// Returns the stamps of all days that a range touches, in a ledger that has stamps.
    static func stamps(from: Int64, to: Int64, _ database: Database) throws -> Stamps {
        let statement = try database.cachedStatement(
            sql: "SELECT day, stamp FROM rollup_day WHERE day BETWEEN ? AND ? ORDER BY day"
        )
        let (first, last) = (RollupKey.time(of: from, .day), RollupKey.time(of: to - 1, .day))
        statement.setUncheckedArguments([first, last])
        var stamps = Stamps()
        try statement.forEachRow(in: database) { row in
            stamps.days.append(Stamps.Day(day: row.integer(at: 0) ?? 0, stamp: row.integer(at: 1) ?? 0))
            return true
        }
        return stamps
    }

    /// Returns the start of the newest day in microseconds since 1970; `nil` for a ledger without stamps.
    static func newest(_ database: Database) throws -> Int64? {
        let exists = try Bool.fetchOne(
            database,
            sql: "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'rollup_day'"
        )
        guard exists == true, let day = try Int64.fetchOne(database, sql: "SELECT max(day) FROM rollup_day") else {
            return nil
        }
        return RollupKey.start(of: day, .day)
    }
}
