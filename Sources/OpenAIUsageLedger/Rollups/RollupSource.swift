import GRDB
import OpenAIUsage

/// The sums over the calls of a time range, from as few rollups as possible, and exact at its edges.
///
/// A rollup that lies in one period of the report is read whole. One that is split in two is also read whole, and its smaller
/// part is moved: added to its own period, and subtracted from the other one.
struct RollupSource {
    /// Called with the period, the key with series and result, the content, and the weight, 1 or -1.
    typealias Body = (_ period: Int, _ key: RollupKey, _ content: Content, _ weight: Int64) throws -> Void

    /// Sums, decoded or as stored in the table.
    enum Content {
        case sums(RollupSums)
        case bytes(UnsafeBufferPointer<UInt8>)

        /// Adds the content to sums, or subtracts it with the weight -1.
        func add(to sums: inout RollupSums, weight: Int64) throws {
            switch self {
            case .sums(let other): sums.add(other, weight: weight)
            case .bytes(let bytes):
                guard sums.add(bytes, weight: weight) else {
                    throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "A rollup cannot be read.")
                }
            }
        }

        /// Returns the decoded sums.
        func sums() throws -> RollupSums {
            if case .sums(let sums) = self { return sums }
            var sums = RollupSums()
            try add(to: &sums, weight: 1)
            return sums
        }
    }

    private let database: Database
    private let facts: SharedTables
    private let rows: RowSource
    private let flushedThrough: Int64

    init(_ database: Database, _ facts: SharedTables) throws {
        self.database = database
        self.facts = facts
        rows = try RowSource(database, facts)
        flushedThrough = try PendingRows.flushedThrough(database)
    }

    /// A part of a rollup's time that lies in one period; `nil` is outside the range.
    private struct Part {
        var from: Int64
        var to: Int64
        var period: Int?
    }

    /// Passes the sums of the calls in a range to a closure.
    ///
    /// - Parameters:
    ///   - from: The start of the range in microseconds since 1970, inclusive.
    ///   - to: The end of the range, exclusive.
    ///   - periods: The periods of the report; `nil` for a single one.
    ///   - isWanted: Returns true for the series and results to include.
    ///   - body: Called with sums.
    /// - Throws: An error of SQLite, or of the closure.
    func forEach(
        from: Int64,
        to: Int64,
        periods: PeriodCuts? = nil,
        where isWanted: (RollupKey) -> Bool = { _ in true },
        _ body: Body
    ) throws {
        guard from < to else { return }
        let cuts = periods ?? PeriodCuts()
        try forEachPending(from: from, to: to, periods: cuts, where: isWanted, body)
        try forEachFlushed(from: from, to: to, periods: cuts, where: isWanted, body)
    }

    /// Passes the sums of the calls in a range that are not yet in the table to a closure, as ``forEach(from:to:periods:where:_:)``.
    func forEachPending(
        from: Int64,
        to: Int64,
        periods cuts: PeriodCuts,
        where isWanted: (RollupKey) -> Bool,
        _ body: Body
    ) throws {
        try forEachPendingRow(from: from, to: to) { record, key in
            guard isWanted(key) else { return }
            var sums = RollupSums()
            sums.add(record)
            try body(cuts.period(at: record.startedAtMicroseconds), key, .sums(sums), 1)
        }
    }

    /// Passes the sums of the calls in a range that are in the table to a closure, as ``forEach(from:to:periods:where:_:)``.
    func forEachFlushed(
        from: Int64,
        to: Int64,
        periods cuts: PeriodCuts,
        where isWanted: (RollupKey) -> Bool,
        _ body: Body
    ) throws {
        guard from < to else { return }
        let months = RollupKey.rows(.month, 0...RollupKey.maximumTime)
        let bounds = try Row.fetchOne(
            database,
            sql: "SELECT min(key), max(key) FROM rollup WHERE key BETWEEN ? AND ?",
            arguments: [months.lowerBound, months.upperBound]
        )
        guard let bounds, let first: Int64 = bounds[0], let last: Int64 = bounds[1] else { return }
        try withoutActuallyEscaping(isWanted) { isWanted in
            try withoutActuallyEscaping(body) { body in
                let walk = Walk(source: self, from: from, to: to, cuts: cuts, isWanted: isWanted, body: body)
                for month in RollupKey(rowID: first).time...RollupKey(rowID: last).time {
                    try walk.visit(month, .month)
                }
            }
        }
    }

    /// A walk over the rollups of a range.
    private struct Walk {
        let source: RollupSource
        let from: Int64
        let to: Int64
        let cuts: PeriodCuts
        let isWanted: (RollupKey) -> Bool
        let body: Body

        func visit(_ time: Int64, _ level: RollupKey.Level) throws {
            let start = RollupKey.start(of: time, level)
            let end = RollupKey.start(of: time + 1, level)
            guard start < to, end > from else { return }
            let parts = parts(start, end)
            guard parts.count > 1 else {
                if let period = parts.first?.period { try read(time, level, [(period, 1)]) }
                return
            }
            // The larger of two parts is the whole without the smaller one.
            if parts.count == 2, let base = parts.max(by: { $0.to - $0.from < $1.to - $1.from }), level != .quarter {
                if let period = base.period { try read(time, level, [(period, 1)]) }
                for part in parts where part.from != base.from {
                    var targets: [(Int, Int64)] = []
                    if let period = part.period { targets.append((period, 1)) }
                    if let period = base.period { targets.append((period, -1)) }
                    if !targets.isEmpty { try move(time, level, part.from, part.to, targets) }
                }
                return
            }
            guard let finer = level.finer else {
                for part in parts {
                    if let period = part.period { try readRows(time, part.from, part.to, [(period, 1)]) }
                }
                return
            }
            for child in Self.children(of: time, level, finer) { try visit(child, finer) }
        }

        /// Moves a part of a rollup, read from shorter ones.
        private func move(
            _ time: Int64,
            _ level: RollupKey.Level,
            _ from: Int64,
            _ to: Int64,
            _ targets: [(Int, Int64)]
        ) throws {
            guard let finer = level.finer else { return try readRows(time, from, to, targets) }
            for child in Self.children(of: time, level, finer) {
                let start = RollupKey.start(of: child, finer)
                let end = RollupKey.start(of: child + 1, finer)
                guard start < to, end > from else { continue }
                if start >= from, end <= to {
                    try read(child, finer, targets)
                } else {
                    try move(child, finer, max(from, start), min(to, end), targets)
                }
            }
        }

        private static func children(
            of time: Int64,
            _ level: RollupKey.Level,
            _ finer: RollupKey.Level
        ) -> ClosedRange<Int64> {
            let first = RollupKey.time(of: RollupKey.start(of: time, level), finer)
            return first...(RollupKey.time(of: RollupKey.start(of: time + 1, level), finer) - 1)
        }

        /// Returns the parts of a rollup's time by period.
        private func parts(_ start: Int64, _ end: Int64) -> [Part] {
            var parts: [Part] = []
            if start < from { parts.append(Part(from: start, to: min(from, end), period: nil)) }
            var place = max(start, from)
            let last = min(end, to)
            while place < last {
                let next = min(cuts.end(after: place), last)
                parts.append(Part(from: place, to: next, period: cuts.period(at: place)))
                place = next
                // An exact list is needed only for two parts.
                if parts.count > 3 { return parts }
            }
            if end > to { parts.append(Part(from: max(to, start), to: end, period: nil)) }
            return parts
        }

        private func read(_ time: Int64, _ level: RollupKey.Level, _ targets: [(Int, Int64)]) throws {
            let keys = RollupKey.rows(level, time...time)
            let statement = try source.database.cachedStatement(
                sql: "SELECT key, sums FROM rollup WHERE key BETWEEN ? AND ?"
            )
            statement.setUncheckedArguments([keys.lowerBound, keys.upperBound])
            try statement.forEachRow(in: source.database) { row in
                let key = RollupKey(rowID: row.integer(at: 0) ?? 0)
                guard isWanted(key) else { return true }
                let content = Content.bytes(row.bytes(at: 1))
                for (period, weight) in targets { try body(period, key, content, weight) }
                return true
            }
        }

        /// Reads the rows in a part of a quarter of an hour.
        private func readRows(_ time: Int64, _ from: Int64, _ to: Int64, _ targets: [(Int, Int64)]) throws {
            try source.forEachFlushedRow(from: from, to: to) { record, key in
                guard isWanted(key) else { return }
                var sums = RollupSums()
                sums.add(record)
                for (period, weight) in targets { try body(period, key, .sums(sums), weight) }
            }
        }
    }

    // MARK: - Rows

    /// Passes the rows of a range whose sums are in the rollups to a closure.
    func forEachFlushedRow(from: Int64, to: Int64, _ body: (CallRecord, RollupKey) throws -> Void) throws {
        guard let range = rows.rows(from: from, to: to), range.lowerBound <= flushedThrough else { return }
        try read(
            "id BETWEEN \(range.lowerBound) AND \(min(range.upperBound, flushedThrough)) AND +result > 0 "
                + "AND id NOT IN (SELECT call_id FROM pending_call)",
            from: from,
            to: to,
            body
        )
    }

    private func forEachPendingRow(from: Int64, to: Int64, _ body: (CallRecord, RollupKey) throws -> Void) throws {
        let newer = flushedThrough < .max ? "id > \(flushedThrough) AND +result > 0" : "0"
        try read(newer, from: from, to: to, body)
        try read("id IN (SELECT call_id FROM pending_call) AND +result > 0", from: from, to: to, body)
    }

    /// Returns the sums in a range of one level's periods.
    func sums(_ level: RollupKey.Level, _ times: ClosedRange<Int64>) throws -> [RollupKey: RollupSums] {
        let keys = RollupKey.rows(level, times)
        var found: [RollupKey: RollupSums] = [:]
        let statement = try database.cachedStatement(sql: "SELECT key, sums FROM rollup WHERE key BETWEEN ? AND ?")
        statement.setUncheckedArguments([keys.lowerBound, keys.upperBound])
        try statement.forEachRow(in: database) { row in
            var sums = RollupSums()
            guard sums.add(row.bytes(at: 1)) else {
                throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "A rollup cannot be read.")
            }
            found[RollupKey(rowID: row.integer(at: 0) ?? 0)] = sums
            return true
        }
        return found
    }

    /// Passes the calls in flight of a range to a closure.
    func forEachInFlight(from: Int64, to: Int64, _ body: (CallRecord, RollupKey) throws -> Void) throws {
        try read("result < 0", from: from, to: to, body)
    }

    private func read(
        _ condition: String,
        from: Int64,
        to: Int64,
        _ body: (CallRecord, RollupKey) throws -> Void
    ) throws {
        let decoder = RowDecoder(facts)
        let statement = try database.makeStatement(sql: "\(RowFormat.select) WHERE \(condition)")
        try statement.forEachRow(in: database) { row in
            let startedAt = row.integer(at: 4) ?? RowFormat.start(of: row.integer(at: 0) ?? 0)
            guard startedAt >= from, startedAt < to else { return true }
            let key = RollupKey(
                level: .quarter,
                time: RollupKey.time(of: startedAt, .quarter),
                series: Int(row.integer(at: 1) ?? 0),
                result: abs(Int(row.integer(at: 2) ?? 0))
            )
            try body(decoder.record(row), key)
            return true
        }
    }
}
