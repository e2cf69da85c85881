import GRDB
import OpenAIUsage

/// Reads the rows of a query from an open ledger, and skips time ranges without matching rollups.
struct RowSource {
    private let database: Database
    private let facts: SharedTables
    private let startRange: StartRange

    init(_ database: Database, _ facts: SharedTables) throws {
        self.database = database
        self.facts = facts
        startRange = try StartRange(database)
    }

    /// Returns the bounds of all rows that started in a time range; `nil` if there can be none.
    func rows(from: Int64?, to: Int64?) -> ClosedRange<Int64>? { startRange.rows(from: from, to: to) }

    /// Passes the rows of a query to a closure.
    ///
    /// - Parameters:
    ///   - query: The range, the filter, the order and the limit.
    ///   - series: The only allowed series; `nil` for all.
    ///   - body: Called with each call; returns false to stop.
    /// - Throws: An error of SQLite, or of the closure.
    func forEach(_ query: CallsQuery, series: Set<Int>? = nil, _ body: (CallRecord) throws -> Bool) throws {
        guard var range = rows(from: query.fromMicroseconds, to: query.toMicroseconds) else { return }
        if let after = query.after {
            guard after.rawValue < range.upperBound else { return }
            range = max(range.lowerBound, after.rawValue + 1)...range.upperBound
        }
        if let before = query.before {
            guard before.rawValue > range.lowerBound else { return }
            range = range.lowerBound...min(range.upperBound, before.rawValue - 1)
        }
        let matcher =
            series == nil ? facts.matcher(query.filter) : CallMatcher(query.filter, facts, series: series)
        if matcher.passesNone { return }
        let decoder = RowDecoder(facts)
        var rest = query.limit ?? .max
        guard rest > 0 else { return }
        let isDescending = query.order == .newestFirst
        let condition = matcher.condition
        func read(_ part: ClosedRange<Int64>) throws -> Bool {
            let statement = try database.cachedStatement(
                sql: """
                    \(RowFormat.select) WHERE id BETWEEN ? AND ?\(condition) ORDER BY id\(isDescending ? " DESC" : "")
                    """
            )
            statement.setUncheckedArguments([part.lowerBound, part.upperBound])
            var wantsMore = true
            try statement.forEachRow(in: database) { row in
                let verdict = matcher.verdict(
                    series: Int(row.integer(at: 1) ?? 0),
                    result: Int(row.integer(at: 2) ?? 0)
                )
                if verdict == .no { return true }
                let startedAt = row.integer(at: 4) ?? RowFormat.start(of: row.integer(at: 0) ?? 0)
                if let from = query.fromMicroseconds, startedAt < from { return true }
                if let to = query.toMicroseconds, startedAt >= to { return true }
                let record = decoder.record(row)
                if verdict == .maybe, !matcher.matches(record) { return true }
                rest -= 1
                wantsMore = try body(record) && rest > 0
                return wantsMore
            }
            return wantsMore
        }
        if matcher.passesAll {
            _ = try read(range)
        } else {
            try forEachPart(of: range, matcher, isDescending: isDescending, read)
        }
    }

    /// Passes the ranges of rows that may match a filter to a closure, in order, until it returns false.
    private func forEachPart(
        of range: ClosedRange<Int64>,
        _ matcher: CallMatcher,
        isDescending: Bool,
        _ body: (ClosedRange<Int64>) throws -> Bool
    ) throws {
        let flushedThrough = try PendingRows.flushedThrough(database)
        let tail = max(range.lowerBound, flushedThrough == .max ? .max : flushedThrough + 1)
        let newer = tail <= range.upperBound ? tail...range.upperBound : nil
        if isDescending, let newer, try !body(newer) { return }
        if range.lowerBound <= flushedThrough {
            let older = range.lowerBound...min(range.upperBound, flushedThrough)
            // IDs that differ from the starts of their calls are not ordered by day.
            guard startRange.isExact else {
                guard try body(older) else { return }
                if !isDescending, let newer { _ = try body(newer) }
                return
            }
            var points: [Int64: [Int64]] = [:]
            for sql in ["SELECT call_id FROM pending_call", "SELECT id FROM call WHERE result < 0"] {
                for id in try Int64.fetchAll(database, sql: sql) where older.contains(id) {
                    points[RollupKey.time(of: RowFormat.start(of: id), .day), default: []].append(id)
                }
            }
            let low = RollupKey.time(of: RowFormat.start(of: older.lowerBound), .day)
            let high = RollupKey.time(of: RowFormat.start(of: older.upperBound), .day)
            var days = try times(.day, low...high, matcher)
            days.formUnion(points.keys)
            for day in days.sorted(by: { isDescending ? $0 > $1 : $0 < $1 }) {
                var parts = (points[day] ?? []).map { $0...$0 }
                for hour in try times(.hour, (day * 24)...(day * 24 + 23), matcher) {
                    let first = RollupKey.start(of: hour, .hour)
                    guard let stretch = rows(from: first, to: first + 4 * RollupKey.quarterLength) else { continue }
                    if stretch.overlaps(older) { parts.append(stretch.clamped(to: older)) }
                }
                let merged = Self.merged(parts)
                for part in isDescending ? merged.reversed() : merged where try !body(part) { return }
            }
        }
        if !isDescending, let newer { _ = try body(newer) }
    }

    private static func merged(_ parts: [ClosedRange<Int64>]) -> [ClosedRange<Int64>] {
        parts.sorted { $0.lowerBound < $1.lowerBound }.reduce(into: []) { merged, part in
            if let last = merged.last, part.lowerBound <= last.upperBound || part.lowerBound == last.upperBound + 1 {
                merged[merged.count - 1] = last.lowerBound...max(last.upperBound, part.upperBound)
            } else {
                merged.append(part)
            }
        }
    }

    /// Returns the periods whose rollups have calls that may match a filter.
    private func times(
        _ level: RollupKey.Level,
        _ range: ClosedRange<Int64>,
        _ matcher: CallMatcher
    ) throws -> Set<Int64> {
        let keys = RollupKey.rows(level, range)
        var times = Set<Int64>()
        let statement = try database.cachedStatement(sql: "SELECT key FROM rollup WHERE key BETWEEN ? AND ?")
        statement.setUncheckedArguments([keys.lowerBound, keys.upperBound])
        try statement.forEachRow(in: database) { row in
            let key = RollupKey(rowID: row.integer(at: 0) ?? 0)
            if matcher.verdict(series: key.series, result: key.result) != .no { times.insert(key.time) }
            return true
        }
        return times
    }
}
