import GRDB
public import OpenAIUsage
import Synchronization

/// Reads a ledger, even while a gateway writes to it.
///
/// A ledger in use is never written, and its log is never copied into the database. A ledger that is not in use is upgraded to
/// the newest schema, and records that a killed writer has left in its journal are committed.
///
/// Every method blocks its thread while it reads.
public final class LedgerReader: Sendable {
    /// The path of the SQLite file.
    public let path: String

    private let snapshot: Mutex<LedgerView>
    private let cancellation = Mutex<ReadCancellation?>(nil)

    /// An observer of a schema upgrade, called with the copied and the total number of rows.
    public typealias Progress = @Sendable (_ copied: Int64, _ all: Int64) -> Void

    private let progress: Progress?
    /// The sums of reports that are read again; `nil` if they are not kept.
    let cache: ReportCache?

    /// Opens a ledger for reading.
    ///
    /// - Parameters:
    ///   - path: The path of the ledger.
    ///   - progress: Called during an upgrade of an older ledger to the newest schema.
    /// - Throws: A ``LedgerError``.
    public convenience init(path: String, progress: Progress? = nil) throws {
        try self.init(path: path, progress: progress, cache: nil)
    }

    /// Opens a ledger for reading.
    ///
    /// - Parameters:
    ///   - path: The path of the ledger.
    ///   - progress: Called during an upgrade of an older ledger to the newest schema.
    ///   - cache: The sums of reports that are read again.
    /// - Throws: A ``LedgerError``.
    package init(path: String, progress: Progress? = nil, cache: ReportCache?) throws {
        self.path = path
        self.cache = cache
        self.progress = progress
        snapshot = Mutex(try LedgerView(path: path, progress: progress))
    }

    /// Passes the calls of a query to a closure.
    ///
    /// The ledger is read in parts. No read is in progress during a call of the closure, which may therefore take any time
    /// without keeping SQLite's log from being emptied. Calls that start meanwhile may be included; none is passed twice.
    ///
    /// - Parameters:
    ///   - query: The range, the filter, the order and the limit.
    ///   - body: Called with one call after another; returns false to stop.
    /// - Throws: A ``LedgerError``, or the error of the closure.
    public func calls(_ query: CallsQuery, _ body: (CallRecord) throws -> Bool) throws {
        var parts = CallParts(query)
        while let part = parts.next {
            let records = try list(part)
            for record in records where try !body(record) { return }
            parts.advance(records)
        }
    }

    /// Returns the calls of a query, all in memory.
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

    /// Returns the calls of a query in one snapshot of the ledger.
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

    /// Returns the calls with an identity, the oldest first: the ID of an attempt, an operation (all its attempts), the
    /// provider's request, the network's edge, the client's request, the response, the trace, or a batch's file.
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

    /// Returns the newest rate limits by project and model, in alphabetical order.
    public func limits() throws -> [LatestRateLimit] {
        try read { database, _ in try LatestRateLimit.all(database) }
    }

    /// Returns the time before which calls are pruned; `nil` if none ever were.
    public func prunedBefore() throws -> Timestamp? {
        try prunedBeforeMicroseconds().map { Timestamp(microsecondsSince1970: $0) }
    }

    /// Returns the time before which calls are pruned, in microseconds since 1970; `nil` if none ever were.
    package func prunedBeforeMicroseconds() throws -> Int64? {
        try read { database, _ in try PruneBoundary.load(database) }
    }

    /// The version of the schema that this library writes; an older ledger is upgraded when it is opened.
    package static var schemaVersion: Int64 { LedgerSchema.version }

    /// Returns the path of a ledger with all symbolic links resolved, as its writer uses it.
    package static func resolvedPath(_ path: String) throws -> String { try LedgerFile.resolve(path) }

    /// Returns a summary of the ledger.
    public func summary() throws -> LedgerSummary {
        try read { database, facts in
            var summary = LedgerSummary(
                calls: 0,
                openCalls: try Int64.fetchOne(database, sql: "SELECT count(*) FROM call WHERE result < 0") ?? 0,
                firstMicroseconds: try Self.first(database),
                lastMicroseconds: try Self.start(database, "max"),
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

    /// Returns the start of the first call; for a call whose row is pruned, the start of its quarter of an hour.
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

    /// Returns the earliest start of a call for `min`, or the latest for `max`; the order of IDs may differ slightly.
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

    /// Returns the problems that SQLite's integrity check finds, 20 at most; none if the file is sound.
    public func integrityProblems() throws -> [String] {
        try read { database, _ in
            try String.fetchAll(database, sql: "PRAGMA integrity_check(20)").filter { $0 != "ok" }
        }
    }

    /// Returns the problems that SQLite finds in the structure of the ledger's pages, at most 20.
    ///
    /// Unlike ``integrityProblems()``, it does not compare indexes with their tables, and is several times as fast.
    ///
    /// - Throws: A ``LedgerError``.
    package func quickCheckProblems() throws -> [String] {
        try read { database, _ in
            try String.fetchAll(database, sql: "PRAGMA quick_check(20)").filter { $0 != "ok" }
        }
    }

    /// Returns the IDs of the ledgers whose calls are in this one, ``LedgerOrigins/text``.
    package func origins() throws -> String {
        try read { database, _ in try LedgerOrigins(database).text }
    }

    /// Runs a read in one consistent snapshot of the ledger.
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
            if error is TooManyGroups { throw error }
            throw LedgerError(error, path: path)
        }
        throw LedgerError(.busy, "\(path) keeps changing hands while it is read; try again.")
    }

    /// Runs reads that can be canceled.
    ///
    /// - Parameters:
    ///   - cancellation: The cancellation, which every read of this reader observes meanwhile.
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
