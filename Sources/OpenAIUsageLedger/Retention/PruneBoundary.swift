import GRDB
import OpenAIUsage

/// The time before which rows of a ledger may be pruned, while their sums stay in the rollups.
///
/// It is a multiple of a quarter of an hour, so that every quarter has either all of its rows or a rollup that needs none.
enum PruneBoundary {
    /// The boundary in microseconds since 1970; `nil` if nothing was ever pruned.
    static func load(_ database: Database) throws -> Int64? {
        try Int64.fetchOne(database, sql: "SELECT value FROM meta WHERE name = 'pruned_before'")
    }

    /// Advances the boundary; an earlier time has no effect.
    static func advance(to time: Int64, _ database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO meta(name, value) VALUES('pruned_before', ?)
                ON CONFLICT(name) DO UPDATE SET value = max(value, excluded.value)
                """,
            arguments: [time]
        )
    }

    /// Returns the start of the quarter of an hour that contains a time.
    static func quarter(of time: Int64) -> Int64 {
        let quarter = Int128(time.flooredQuotient(by: RollupKey.quarterLength)) * Int128(RollupKey.quarterLength)
        return Int64(clamping: quarter)
    }

    /// Returns the newest ID of a call that may have started before a time, as far as IDs show it.
    static func lastRow(before time: Int64) -> Int64 { Int64(clamping: Int128(time) << 11 - 1) }
}

/// The part of a report's range whose rows may be pruned, and the range that can be counted without them.
struct PrunedRange {
    /// The time before which rows may be pruned, in microseconds since 1970.
    let before: Int64
    /// The counted range: an edge among pruned rows is moved outward to a whole quarter of an hour.
    private(set) var from: Int64
    private(set) var to: Int64

    /// Creates the range for a ledger's boundary; `nil` if no call of the range is pruned.
    init?(from: Int64, to: Int64, _ database: Database) throws {
        guard let before = try PruneBoundary.load(database), from < before, from < to else { return nil }
        func hasRollups(_ start: Int64, _ end: Int64) throws -> Bool {
            let times = RollupKey.time(of: start, .quarter)...RollupKey.time(of: end - 1, .quarter)
            let keys = RollupKey.rows(.quarter, times)
            return try Int.fetchOne(
                database,
                sql: "SELECT 1 FROM rollup WHERE key BETWEEN ? AND ? LIMIT 1",
                arguments: [keys.lowerBound, keys.upperBound]
            ) != nil
        }
        guard try hasRollups(from, min(to, before)) else { return nil }
        self.before = before
        (self.from, self.to) = (from, to)
        for (edge, isStart) in [(from, true), (to, false)] where edge > 0 && edge < .max - RollupKey.quarterLength {
            let start = PruneBoundary.quarter(of: edge)
            let end = start + RollupKey.quarterLength
            guard start != edge, start < before, try hasRollups(start, end) else { continue }
            if isStart { self.from = start } else { self.to = end }
        }
    }
}
