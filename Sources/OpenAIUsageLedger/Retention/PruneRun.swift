import GRDB

/// A removal of the rows of old calls in steps, each a short transaction of its own.
///
/// Rows are removed first, beginning with the oldest, then the index segments without remaining rows, and finally free pages
/// at the end of the file. The run may stop after any step; the next run finds what is left.
struct PruneRun: Sendable {
    private enum Phase {
        case rows(after: Int64)
        case segments(after: Int64)
        case pages
        case done
    }

    /// The share of the file that may stay free for new rows.
    enum Slack {
        /// All free pages are returned.
        case none
        /// A twentieth stays free, so that a file in constant use does not shrink and grow all the time.
        case twentieth
    }

    /// The report on the calls removed so far.
    private(set) var report: PruneReport
    private let slack: Slack
    private var phase = Phase.rows(after: .min)
    private var pagesBefore: Int64?

    /// Creates a run for the calls that started before a time, in microseconds since 1970.
    init(before time: Int64, slack: Slack) {
        report = PruneReport(before: PruneBoundary.quarter(of: time))
        self.slack = slack
    }

    /// Runs one step.
    ///
    /// - Parameters:
    ///   - store: The writer's store.
    ///   - database: The ledger, outside of a transaction.
    ///   - size: The most rows that the step removes.
    /// - Returns: False if nothing is left to do.
    /// - Throws: An error of SQLite; the step has changed nothing then, and can be repeated.
    mutating func step(_ store: inout CallStore, _ database: Database, size: Int) throws -> Bool {
        if pagesBefore == nil { pagesBefore = try Pages(database).count }
        switch phase {
        case .rows(let after):
            let last = PruneBoundary.lastRow(before: report.beforeMicroseconds)
            let step = try store.prune(
                before: report.beforeMicroseconds,
                rows: after...max(after, last),
                most: size,
                database
            )
            report.calls += step.calls
            report.firstMicroseconds = report.firstMicroseconds ?? step.first
            report.lastMicroseconds =
                step.last.map { max($0, report.lastMicroseconds ?? $0) } ?? report.lastMicroseconds
            phase = step.isLast ? .segments(after: 0) : .rows(after: step.end)
        case .segments(let after):
            switch try IdentitySegment.prune(after: after, before: report.beforeMicroseconds, most: size, database) {
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
                arguments: [PruneBoundary.lastRow(before: report.beforeMicroseconds)]
            ) ?? 0
    }

    /// The pages of a database.
    struct Pages {
        /// The number of pages in the file.
        let count: Int64
        /// The number of free pages.
        let free: Int64
        /// The size of a page in bytes.
        let size: Int64
        /// True if free pages can be returned one by one.
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
    /// The removed rows of a step.
    struct PrunedRows {
        var calls: Int64 = 0
        var first: Int64?
        var last: Int64?
        /// The newest examined row.
        var end: Int64
        /// True if no rows are left to examine.
        var isLast: Bool
    }

    /// Removes rows of ended calls whose sums are in the rollups.
    ///
    /// - Parameters:
    ///   - time: The time before which the calls started, in microseconds since 1970.
    ///   - rows: The rows to examine, without the first one.
    ///   - most: The most rows to examine.
    ///   - database: The ledger.
    /// - Returns: The removed rows.
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
                // One range of pages; calls in flight within it stay.
                try database.cachedStatement(sql: "DELETE FROM call WHERE id BETWEEN ? AND ? AND +result > 0")
                    .execute(arguments: [first, last])
            } else {
                let delete = try database.cachedStatement(sql: "DELETE FROM call WHERE id = ?")
                for id in gone { try delete.run(in: database) { $0.integer(id) } }
            }
            try FormerCosts.prune(gone, database)
            try store.notePruned(before: time, through: last, database)
        }
        return step
    }
}

extension IdentitySegment {
    /// The progress of a step of pruning.
    enum PruneStep {
        /// The number of the segment after which the next step continues.
        case next(after: Int64)
        /// All segments were examined.
        case end
    }

    /// Removes a part of the next segment if all its rows are pruned.
    ///
    /// - Parameters:
    ///   - segment: The number of the previous segment.
    ///   - time: The time before which rows may be pruned, in microseconds since 1970.
    ///   - most: The most slots to remove.
    ///   - database: The ledger.
    /// - Returns: The progress.
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
