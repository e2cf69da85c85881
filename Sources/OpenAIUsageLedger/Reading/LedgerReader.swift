import GRDB
public import OpenAIUsage
import Synchronization

/// Reads a ledger, also while a gateway writes to it; it never writes to one that is in use, and never copies its log into the
/// database.
///
/// A ledger that nobody uses is brought to the newest schema, and completed with what a killed writer has left in its journal.
///
/// Every method blocks its thread while it reads.
public final class LedgerReader: Sendable {
    /// The path of the SQLite file.
    public let path: String

    private let snapshot: Mutex<LedgerSnapshot>

    /// An observer of an upgrade to the newest version: how many of how many rows are copied.
    public typealias Progress = @Sendable (_ copied: Int64, _ all: Int64) -> Void

    private let progress: Progress?

    /// Opens a ledger to read it.
    ///
    /// - Parameters:
    ///   - path: The ledger.
    ///   - progress: Called while a ledger of an older version is brought to the newest one.
    /// - Throws: A ``LedgerError``.
    public init(path: String, progress: Progress? = nil) throws {
        self.path = path
        self.progress = progress
        snapshot = Mutex(try LedgerSnapshot(path: path, progress: progress))
    }

    /// Hands out the calls that a query asks for, each as soon as it is read.
    ///
    /// - Parameters:
    ///   - query: Which calls are wanted, and in which order.
    ///   - body: Takes a call, and tells whether it wants more.
    /// - Throws: A ``LedgerError``.
    public func calls(_ query: CallsQuery, _ body: (CallRecord) throws -> Bool) throws {
        var isFirst = true
        try read { database, facts in
            // What was handed out already cannot be taken back.
            guard isFirst else {
                throw LedgerError(.busy, "\(path) was taken into use while it was read; run the command again.")
            }
            try RowSource(database, facts).forEach(query) { record in
                isFirst = false
                return try body(record)
            }
        }
    }

    /// The calls that a query asks for.
    public func calls(_ query: CallsQuery) throws -> [CallRecord] {
        var records: [CallRecord] = []
        try calls(query) { record in
            records.append(record)
            return true
        }
        return records
    }

    /// The calls that an identity names, the oldest first: that of an attempt, of an operation (all its attempts), of
    /// the provider's request, of the network's edge, of the caller's request, of the response, or of a batch's file.
    public func calls(matching identity: String) throws -> [CallRecord] {
        try read { database, facts in
            let decoder = RowDecoder(facts)
            return try IdentityLookup(database).rows(of: identity, facts).sorted().compactMap { id in
                let statement = try database.cachedStatement(sql: "\(RowFormat.select) WHERE id = ?")
                statement.setUncheckedArguments([id])
                var found: CallRecord?
                try statement.forEachRow(in: database) { row in
                    found = decoder.record(row)
                    return false
                }
                return found
            }
        }
    }

    /// The newest rate limits by project and model, in their alphabetical order.
    public func limits() throws -> [LatestRateLimit] {
        try read { database, _ in
            let sql = """
                SELECT project, model, organization, observed_at, call_id, windows FROM rate_limit
                ORDER BY project, model
                """
            var found: [LatestRateLimit] = []
            try database.makeStatement(sql: sql).forEachRow(in: database) { row in
                found.append(LatestRateLimit(row))
                return true
            }
            return found
        }
    }

    /// The time before which calls are pruned, in microseconds since 1970; `nil` if none ever were.
    public func prunedBefore() throws -> Int64? { try read { database, _ in try PruneBoundary.load(database) } }

    /// The path of a ledger with all links resolved, by which its writer knows it.
    package static func resolvedPath(_ path: String) throws -> String { try LedgerFile.resolve(path) }

    /// What the ledger holds, in a few numbers.
    public func summary() throws -> LedgerSummary {
        try read { database, facts in
            var summary = LedgerSummary(
                calls: 0,
                openCalls: try Int64.fetchOne(database, sql: "SELECT count(*) FROM call WHERE result < 0") ?? 0,
                first: try Self.first(database),
                last: try Self.start(database, "max"),
                unpricedCalls: 0,
                callsWithoutUsage: 0,
                quarantined: try Int64.fetchOne(database, sql: "SELECT count(*) FROM quarantine") ?? 0
            )
            try RollupSource(database, facts).forEach(from: .min, to: .max) { _, _, sums, weight in
                summary.calls += sums.calls * weight
                summary.unpricedCalls += sums.unpricedCalls * weight
                summary.callsWithoutUsage += sums.callsWithoutUsage * weight
            }
            return summary
        }
    }

    /// The start of the first call; of one whose row is gone, the quarter of an hour.
    private static func first(_ database: Database) throws -> Int64? {
        let row = try start(database, "min")
        guard try PruneBoundary.load(database) != nil,
            let key = try Int64.fetchOne(database, sql: "SELECT min(key) FROM rollup")
        else { return row }
        let rollup = RollupKey(rowID: key)
        let quarter = RollupKey.start(of: rollup.time, rollup.level)
        return row.map { PruneBoundary.quarter(of: $0) <= quarter ? $0 : quarter } ?? quarter
    }

    private static func start(_ database: Database, _ function: String) throws -> Int64? {
        try Int64.fetchOne(
            database,
            sql: "SELECT coalesce(started_at, id >> 11) FROM call WHERE id = (SELECT \(function)(id) FROM call)"
        )
    }

    /// What SQLite's own check finds wrong with the file, at most 20 sentences; none if it is sound.
    public func integrityProblems() throws -> [String] {
        try read { database, _ in
            try String.fetchAll(database, sql: "PRAGMA integrity_check(20)").filter { $0 != "ok" }
        }
    }

    /// Reads in one consistent view of the ledger.
    func read<Value>(_ body: (Database, FactTables) throws -> Value) throws -> Value {
        do {
            for _ in 0..<5 {
                let snapshot = try current()
                let value = try snapshot.database.read { database in
                    try body(database, try snapshot.updatedFacts(database))
                }
                if snapshot.isCurrent { return value }
            }
        } catch {
            throw LedgerError(error, path: path)
        }
        throw LedgerError(.busy, "\(path) keeps changing hands while it is read; try again.")
    }

    private func current() throws -> LedgerSnapshot {
        try snapshot.withLock { snapshot in
            if !snapshot.isCurrent { snapshot = try LedgerSnapshot(path: path, progress: progress) }
            return snapshot
        }
    }
}
