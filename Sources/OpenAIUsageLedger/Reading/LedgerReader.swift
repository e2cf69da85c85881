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

    private let snapshot: Mutex<LedgerView>
    private let cancellation = Mutex<ReadCancellation?>(nil)

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
        snapshot = Mutex(try LedgerView(path: path, progress: progress))
    }

    /// Hands out the calls that a query asks for.
    ///
    /// The ledger is read in parts, and no read is under way while a call is handed out, so that the body may take its time
    /// without keeping SQLite's log from being emptied. Calls that begin meanwhile may be among them; none comes twice.
    ///
    /// - Parameters:
    ///   - query: Which calls are wanted, and in which order.
    ///   - body: Called with a call; returns true if it wants more.
    /// - Throws: A ``LedgerError``, or the error of the body as it is.
    public func calls(_ query: CallsQuery, _ body: (CallRecord) throws -> Bool) throws {
        var parts = CallParts(query)
        while let part = parts.next {
            let records = try list(part)
            for record in records where try !body(record) { return }
            parts.advance(records)
        }
    }

    /// The calls that a query asks for.
    ///
    /// - Throws: A ``LedgerError``.
    public func calls(_ query: CallsQuery) throws -> [CallRecord] {
        var records: [CallRecord] = []
        try calls(query) { record in
            records.append(record)
            return true
        }
        return records
    }

    /// The calls of a query, in one view of the ledger.
    private func list(_ query: CallsQuery) throws -> [CallRecord] {
        try read { database, facts in
            var records: [CallRecord] = []
            try RowSource(database, facts).forEach(query) { record in
                records.append(record)
                return true
            }
            return records
        }
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
        try read { database, _ in try LatestRateLimit.all(database) }
    }

    /// The time before which calls are pruned, in microseconds since 1970; `nil` if none ever were.
    public func prunedBefore() throws -> Int64? { try read { database, _ in try PruneBoundary.load(database) } }

    /// The path of a ledger with all links resolved, by which its writer knows it.
    package static func resolvedPath(_ path: String) throws -> String { try LedgerFile.resolve(path) }

    /// The ledger's content in a few numbers.
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
            try RollupSource(database, facts).forEach(from: .min, to: .max) { _, _, content, weight in
                let sums = try content.sums()
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
            let key = try Int64.fetchOne(
                database,
                sql: "SELECT min(key) FROM rollup WHERE key >= ?",
                arguments: [RollupKey.rows(.quarter, 0...0).lowerBound]
            )
        else { return row }
        let rollup = RollupKey(rowID: key)
        let quarter = RollupKey.start(of: rollup.time, rollup.level)
        return row.map { PruneBoundary.quarter(of: $0) <= quarter ? $0 : quarter } ?? quarter
    }

    /// The start of the call that began first, with `min`, or last, with `max`; identities are not quite in their order.
    private static func start(_ database: Database, _ function: String) throws -> Int64? {
        let range = try StartRange(database)
        let distance = Int64(clamping: (Int128(range.behind) + Int128(range.ahead)) << 11)
        let isNear = function == "min" ? "<= (SELECT min(id) FROM call) + ?" : ">= (SELECT max(id) FROM call) - ?"
        return try Int64.fetchOne(
            database,
            sql: "SELECT \(function)(coalesce(started_at, id >> 11)) FROM call WHERE id \(isNear)",
            arguments: [distance]
        )
    }

    /// What SQLite's own check finds wrong with the file, at most 20 sentences; none if it is sound.
    public func integrityProblems() throws -> [String] {
        try read { database, _ in
            try String.fetchAll(database, sql: "PRAGMA integrity_check(20)").filter { $0 != "ok" }
        }
    }

    /// The identities of the ledgers whose calls are in this one, ``LedgerOrigins/text``.
    package func origins() throws -> String {
        try read { database, _ in try LedgerOrigins(database).text }
    }

    /// Reads in one consistent view of the ledger.
    func read<Value>(_ body: (Database, SharedTables) throws -> Value) throws -> Value {
        let cancellation = cancellation.withLock { $0 }
        do {
            for _ in 0..<5 {
                let snapshot = try current()
                let value = try snapshot.database.read { database in
                    guard let cancellation else { return try body(database, try snapshot.updatedFacts(database)) }
                    return try cancellation.watching(database) {
                        try body(database, try snapshot.updatedFacts(database))
                    }
                }
                if snapshot.isCurrent { return value }
            }
        } catch {
            try cancellation?.check()
            throw LedgerError(error, path: path)
        }
        throw LedgerError(.busy, "\(path) keeps changing hands while it is read; try again.")
    }

    /// Makes reads that end when they are told to.
    ///
    /// - Parameters:
    ///   - cancellation: The order to end; every read of this reader looks at it meanwhile.
    ///   - body: The reads.
    /// - Returns: The result of the body.
    /// - Throws: The error of the body, or a `CancellationError`.
    func cancellable<Value>(by cancellation: ReadCancellation, _ body: () throws -> Value) throws -> Value {
        self.cancellation.withLock { $0 = cancellation }
        defer { self.cancellation.withLock { $0 = nil } }
        return try body()
    }

    private func current() throws -> LedgerView {
        try snapshot.withLock { snapshot in
            if !snapshot.isCurrent { snapshot = try LedgerView(path: path, progress: progress) }
            return snapshot
        }
    }
}
