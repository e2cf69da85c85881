import GRDB

/// A removal of the rows of old calls in steps, each a short transaction of its own.
///
/// Rows go first, the oldest ones before the others, then the segments of the index all of whose rows are gone, and at last free
/// pages at the end of the file. It can end behind any step: what is left is found by the next run.
struct PruneRun: Sendable {
    private enum Phase {
        case rows(after: Int64)
        case segments(after: Int64)
        case pages
        case done
    }

    /// The share of the file that may stay free for new rows.
    enum Slack {
        /// Everything is given back.
        case none
        /// A twentieth is kept, so that a file that is written to all the time does not shrink and grow all the time.
        case twentieth
    }

    /// The calls that are removed so far.
    private(set) var report: PruneReport
    private let slack: Slack
    private var phase = Phase.rows(after: .min)
    private var pagesBefore: Int64?

    /// Prepares a removal of the calls that started before a time, in microseconds since 1970.
    init(before time: Int64, slack: Slack) {
        report = PruneReport(before: PruneBoundary.quarter(of: time))
        self.slack = slack
    }

    /// Makes one step.
    ///
    /// - Parameters:
    ///   - store: The writer's memory of the ledger.
    ///   - database: The ledger, outside of a transaction.
    ///   - size: The most rows that the step removes.
    /// - Returns: False if nothing is left to do.
    /// - Throws: An error of SQLite; then the step has changed nothing, and can be made again.
    mutating func step(_ store: inout CallStore, _ database: Database, size: Int) throws -> Bool {
        if pagesBefore == nil { pagesBefore = try Pages(database).count }
        switch phase {
        case .rows(let after):
            let last = PruneBoundary.lastRow(before: report.before)
            let step = try store.prune(before: report.before, rows: after...max(after, last), most: size, database)
            report.calls += step.calls
            report.first = report.first ?? step.first
            report.last = step.last.map { max($0, report.last ?? $0) } ?? report.last
            phase = step.isLast ? .segments(after: 0) : .rows(after: step.end)
        case .segments(let after):
            switch try IdentitySegment.prune(after: after, before: report.before, most: size, database) {
            case .next(let segment): phase = .segments(after: segment)
            case .end: phase = .pages
            }
        case .pages:
            let pages = try Pages(database)
            let allowed = slack == .none ? 0 : pages.count / 20
            let rest = min(pages.free - allowed, Int64(max(2, size / 8)))
            if rest > 0, pages.isIncremental {
                try database.execute(sql: "PRAGMA incremental_vacuum(\(rest))")
            } else {
                phase = .done
                try finish(pages, database)
            }
        case .done: break
        }
        if case .done = phase { return false }
        return true
    }

    private mutating func finish(_ pages: Pages, _ database: Database) throws {
        report.returnedBytes = ((pagesBefore ?? pages.count) - pages.count) * pages.size
        report.freeBytes = pages.free * pages.size
        report.needsCompacting = !pages.isIncremental && pages.free > 0
        report.inFlight =
            try Int64.fetchOne(
                database,
                sql: "SELECT count(*) FROM call WHERE result < 0 AND id <= ?",
                arguments: [PruneBoundary.lastRow(before: report.before)]
            ) ?? 0
    }

    /// The pages of a database.
    struct Pages {
        /// The pages of the file.
        let count: Int64
        /// Those of them that hold nothing.
        let free: Int64
        /// The bytes of a page.
        let size: Int64
        /// True if free pages can be given back one by one.
        let isIncremental: Bool

        init(_ database: Database) throws {
            func value(_ name: String) throws -> Int64 {
                try Int64.fetchOne(database, sql: "PRAGMA \(name)") ?? 0
            }
            count = try value("page_count")
            free = try value("freelist_count")
            size = try value("page_size")
            isIncremental = try value("auto_vacuum") == 2
        }
    }
}

extension CallStore {
    /// The rows of a step.
    struct PrunedRows {
        var calls: Int64 = 0
        var first: Int64?
        var last: Int64?
        /// The newest row that was looked at.
        var end: Int64
        /// True if there are no more rows.
        var isLast: Bool
    }

    /// Removes rows that have ended, and whose sums are in the rollups.
    ///
    /// - Parameters:
    ///   - time: The time before which the calls started, in microseconds since 1970.
    ///   - rows: The rows that are looked at, the first one excluded.
    ///   - most: The most rows that are looked at.
    ///   - database: The ledger.
    /// - Returns: The rows that are gone.
    /// - Throws: An error of SQLite.
    fileprivate mutating func prune(
        before time: Int64,
        rows: ClosedRange<Int64>,
        most: Int,
        _ database: Database
    ) throws -> PrunedRows {
        if pending.count > 0, pending.holds(through: rows.upperBound) { try flush(database) }
        var step = PrunedRows(end: rows.lowerBound, isLast: false)
        try transaction(database) { store in
            var gone: [Int64] = []
            var seen = 0
            let statement = try database.cachedStatement(
                sql: """
                    SELECT id, coalesce(started_at, id >> 11) FROM call
                    WHERE id > ? AND id <= ? AND +result > 0 ORDER BY id LIMIT ?
                    """
            )
            statement.setUncheckedArguments([rows.lowerBound, rows.upperBound, most])
            try statement.forEachRow(in: database) { row in
                let (id, start) = (row.integer(at: 0) ?? 0, row.integer(at: 1) ?? 0)
                seen += 1
                step.end = id
                guard start < time, !store.pending.contains(id) else { return true }
                gone.append(id)
                step.first = min(start, step.first ?? start)
                step.last = max(start, step.last ?? start)
                return true
            }
            step.calls = Int64(gone.count)
            step.isLast = seen < most
            guard let first = gone.first, let last = gone.last else { return }
            if gone.count == seen {
                // One range of pages; what is in flight in it stays.
                try database.cachedStatement(sql: "DELETE FROM call WHERE id BETWEEN ? AND ? AND +result > 0")
                    .execute(arguments: [first, last])
            } else {
                let delete = try database.cachedStatement(sql: "DELETE FROM call WHERE id = ?")
                for id in gone { try delete.run(in: database) { $0.integer(id) } }
            }
            try store.notePruned(before: time, through: last, database)
        }
        return step
    }
}

extension IdentitySegment {
    /// The progress of a step of pruning.
    enum PruneStep {
        /// The segment behind which the next step goes on.
        case next(after: Int64)
        /// All segments were looked at.
        case end
    }

    /// Removes a part of the next segment, if all its rows are gone.
    ///
    /// - Parameters:
    ///   - segment: The number of the segment before.
    ///   - time: The time before which rows may be gone, in microseconds since 1970.
    ///   - most: The most slots that are removed.
    ///   - database: The ledger.
    /// - Returns: The segment that was dealt with.
    /// - Throws: An error of SQLite.
    fileprivate static func prune(
        after segment: Int64,
        before time: Int64,
        most: Int,
        _ database: Database
    ) throws -> PruneStep {
        guard
            let id = try Int64.fetchOne(
                database,
                sql: "SELECT min(id) FROM segment WHERE id > ?",
                arguments: [segment]
            )
        else { return .end }
        var blocks: [Block] = []
        let statement = try database.cachedStatement(sql: "SELECT blocks FROM segment WHERE id = ?")
        statement.setUncheckedArguments([id])
        try statement.forEachRow(in: database) { row in
            blocks = decode(row.bytes(at: 0))
            return false
        }
        guard let last = blocks.map(\.upperBound).max(), let first = blocks.map(\.lowerBound).min(),
            last <= PruneBoundary.lastRow(before: time),
            try Int.fetchOne(
                database,
                sql: "SELECT 1 FROM call WHERE id BETWEEN ? AND ? AND +result > 0 LIMIT 1",
                arguments: [first, last]
            ) == nil
        else { return .next(after: id) }
        return try removePart(of: id, most: most, database) ? .next(after: id) : .next(after: segment)
    }
}
