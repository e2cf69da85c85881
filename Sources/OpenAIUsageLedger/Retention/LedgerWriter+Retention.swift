import GRDB
import OpenAIUsage

extension LedgerWriter {
    /// The nanoseconds until the next step of pruning; `nil` if everything is kept.
    var retentionWait: Int64? { retention?.wait(at: options.clock.monotonicNanoseconds) }

    /// Runs a step of pruning if the writer is idle and its rest is over.
    mutating func retain() {
        guard var retention, var open = session, queue.isIdle else { return }
        let start = options.clock.monotonicNanoseconds
        guard retention.wait(at: start) == 0 else { return }
        session = nil
        self.retention = nil
        do {
            let notes = try open.retain(&retention, options)
            for note in notes { options.retentionObserver?(note) }
        } catch {
            queue.noteError(LedgerError(error, path: open.path))
            retention.pace.rest(until: start + Retention.interval)
        }
        session = open
        self.retention = retention
    }
}

extension LedgerSession {
    /// Runs a step of pruning.
    ///
    /// - Returns: The events to report to an operator.
    fileprivate mutating func retain(
        _ retention: inout Retention,
        _ options: LedgerOptions
    ) throws -> [RetentionEvent] {
        let start = options.clock.monotonicNanoseconds
        defer { files.note() }
        if retention.run == nil {
            let state = try retentionState()
            guard let target = retention.target(state, now: options.clock.wallMicroseconds) else {
                retention.pace.rest(until: start + Retention.interval)
                return retention.notes(state)
            }
            retention.run = PruneRun(before: target, slack: .twentieth)
        }
        guard var run = retention.run else { return [] }
        let hasMore = try database.writeWithoutTransaction { database in
            try Self.withoutSync(database, options) { try run.step(&store, database, size: retention.pace.size) }
        }
        retention.pace.note(start: start, end: options.clock.monotonicNanoseconds)
        retention.run = hasMore ? run : nil
        return hasMore ? [] : retention.notes(run.report)
    }

    /// Runs a body without waiting for the disk: a power failure undoes the last steps together with their notes.
    static func withoutSync<Value>(
        _ database: Database,
        _ options: LedgerOptions,
        _ body: () throws -> Value
    ) throws -> Value {
        guard options.syncsEveryCommit else { return try body() }
        try database.execute(sql: "PRAGMA synchronous = NORMAL")
        defer { try? database.execute(sql: "PRAGMA synchronous = FULL") }
        return try body()
    }

    private func retentionState() throws -> Retention.State {
        let logSize = LedgerFile.size("\(path)-wal") ?? 0
        return try database.writeWithoutTransaction { database in
            let pages = try PruneRun.Pages(database)
            let oldest = try Int64.fetchOne(
                database,
                sql: "SELECT coalesce(started_at, id >> 11) FROM call WHERE +result > 0 ORDER BY id LIMIT 1"
            )
            return Retention.State(
                oldest: oldest,
                bytes: (pages.count - pages.free) * pages.size + logSize,
                logBytes: logSize
            )
        }
    }
}
