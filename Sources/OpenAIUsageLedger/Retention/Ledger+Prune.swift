import GRDB
import OpenAIUsage
import Synchronization

extension Ledger {
    /// Removes the rows of old calls; their sums stay, and reports over them remain exact to a quarter of an hour.
    ///
    /// Rows are removed in steps of a few milliseconds between the writer's batches, so that recording goes on. Calls in flight
    /// stay. After a cancellation removed rows stay removed, and the run can be repeated.
    ///
    /// - Parameter query: The calls to prune.
    /// - Returns: The removed calls, or in a dry run those to be removed, and the freed space.
    /// - Throws: A ``LedgerError``, or a `CancellationError`.
    public func prune(_ query: PruneQuery) async throws -> PruneReport {
        // Queued rows must be committed to be found.
        await flush()
        if query.isDryRun {
            let path = path
            return try await Self.runBlocking { try LedgerReader(path: path).prunable(query) }
        }
        let run = PruneProgress(PruneRun(before: query.beforeMicroseconds, slack: .none))
        while try await step(run) {
            try Task.checkCancellation()
            // Between steps the writer has its thread to itself; canceling the task ends the sleep.
            try await Task.sleep(for: .nanoseconds(max(0, run.nextStep - clock.monotonicNanoseconds)))
        }
        return run.report
    }

    private func step(_ run: PruneProgress) async throws -> Bool {
        try await withCheckedThrowingContinuation { continuation in
            queue.add(
                WriterCommand(
                    body: { [clock] store, database in try run.step(&store, database, clock) },
                    completion: { continuation.resume(with: $0.map { run.hasMore }) }
                )
            )
        }
    }
}

/// The progress of a pruning run, advanced on the writer's thread and read from another.
private final class PruneProgress: Sendable {
    private struct State {
        var run: PruneRun
        var pace = PruneThrottle()
        var hasMore = true
    }

    private let state: Mutex<State>

    init(_ run: PruneRun) {
        state = Mutex(State(run: run))
    }

    var hasMore: Bool { state.withLock(\.hasMore) }
    var nextStep: Int64 { state.withLock(\.pace.nextStep) }
    var report: PruneReport { state.withLock(\.run.report) }

    func step(_ store: inout CallStore, _ database: Database, _ clock: any UsageClock) throws {
        try state.withLock { state in
            let start = clock.monotonicNanoseconds
            state.hasMore = try state.run.step(&store, database, size: state.pace.size)
            state.pace.note(start: start, end: clock.monotonicNanoseconds)
        }
    }
}

extension LedgerReader {
    /// Counts the calls that would be pruned, without changing anything.
    ///
    /// Blocks the thread while it reads all rows of these calls.
    ///
    /// - Parameter query: The calls.
    /// - Returns: The calls, and the approximate number of bytes that they occupy.
    /// - Throws: A ``LedgerError``.
    package func prunable(_ query: PruneQuery) throws -> PruneReport {
        try read { database, _ in
            var report = PruneReport(before: PruneBoundary.quarter(of: query.beforeMicroseconds), isDryRun: true)
            let last = PruneBoundary.lastRow(before: report.beforeMicroseconds)
            let row = try Row.fetchOne(
                database,
                sql: """
                    SELECT count(*), min(coalesce(started_at, id >> 11)), max(coalesce(started_at, id >> 11))
                    FROM call WHERE id <= ?1 AND +result > 0 AND coalesce(started_at, id >> 11) < ?2
                    """,
                arguments: [last, report.beforeMicroseconds]
            )
            report.calls = row?[0] ?? 0
            report.firstMicroseconds = row?[1]
            report.lastMicroseconds = row?[2]
            report.inFlight =
                try Int64.fetchOne(
                    database,
                    sql: "SELECT count(*) FROM call WHERE result < 0 AND id <= ?",
                    arguments: [last]
                ) ?? 0
            let pages = try PruneRun.Pages(database)
            report.freeBytes = pages.free * pages.size
            report.needsCompacting = !pages.isIncremental
            guard report.calls > 0 else { return report }
            let all = try Int64.fetchOne(database, sql: "SELECT count(*) FROM call") ?? 1
            let used = Int128((pages.count - pages.free) * pages.size)
            // Rollups stay, and are small compared with the rows.
            let rollups = Int128(try Int64.fetchOne(database, sql: "SELECT sum(length(sums) + 12) FROM rollup") ?? 0)
            report.returnedBytes = Int64(max(0, used - rollups) * Int128(report.calls) / Int128(max(1, all)))
            return report
        }
    }
}
