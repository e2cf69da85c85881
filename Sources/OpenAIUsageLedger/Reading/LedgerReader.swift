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

    /// Opens a ledger to read it.
    ///
    /// - Throws: A ``LedgerError``.
    public init(path: String) throws {
        self.path = path
        snapshot = Mutex(try LedgerSnapshot(path: path))
    }

    /// Hands out the calls that a query asks for, each as soon as it is read.
    ///
    /// - Parameters:
    ///   - query: Which calls are wanted, and in which order.
    ///   - body: Takes a call, and tells whether it wants more.
    /// - Throws: A ``LedgerError``.
    public func calls(_ query: CallsQuery, _ body: (CallRecord) throws -> Bool) throws {
        var isFirst = true
        try read { database, names in
            // What was handed out already cannot be taken back.
            guard isFirst else {
                throw LedgerError(.busy, "\(path) was taken into use while it was read; run the command again.")
            }
            var clause = FilterClause()
            guard try TimeRange.add(from: query.from, to: query.to, to: &clause, database) else { return }
            clause.add(query.filter, names)
            if let after = query.after { clause.add("id > ?", after.rawValue) }
            let sql = """
                \(CallColumns.select)\(clause.text) ORDER BY id\(query.order == .newestFirst ? " DESC" : "")
                \(query.limit.map { " LIMIT \(max(0, $0))" } ?? "")
                """
            let statement = try database.makeStatement(sql: sql)
            statement.setUncheckedArguments(StatementArguments(clause.arguments))
            let decoder = CallDecoder(names)
            try statement.forEachRow(in: database) { row in
                isFirst = false
                return try body(decoder.record(row))
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
        try read { database, names in
            let lookup = IdentifierLookup(database)
            let decoder = CallDecoder(names)
            return try lookup.candidates(of: identity).sorted().compactMap { id in
                let statement = try database.cachedStatement(sql: "\(CallColumns.select) WHERE id = ?")
                statement.setUncheckedArguments([id])
                var found: CallRecord?
                try statement.forEachRow(in: database) { row in
                    found = decoder.record(row)
                    return false
                }
                guard let found, Self.matches(found, identity) else { return nil }
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

    /// What the ledger holds, in a few numbers.
    public func summary() throws -> LedgerSummary {
        try read { database, _ in
            let sql = """
                SELECT count(*), coalesce(sum(outcome = 'open'), 0), min(started_at), max(started_at),
                    coalesce(sum(outcome <> 'open' AND cost_status IN ('unpriced', 'partial')), 0),
                    coalesce(sum(outcome <> 'open' AND is_counted
                        AND usage_state IN ('null', 'missing', 'cut', 'unparsable')), 0),
                    (SELECT count(*) FROM quarantine)
                FROM call
                """
            guard let row = try Row.fetchOne(database, sql: sql) else {
                throw LedgerError(.failed, "\(path) cannot be summarised.")
            }
            let count: Int64 = row[0]
            let open: Int64 = row[1]
            return LedgerSummary(
                calls: count - open,
                openCalls: open,
                first: row[2],
                last: row[3],
                unpricedCalls: row[4],
                callsWithoutUsage: row[5],
                quarantined: row[6]
            )
        }
    }

    /// What SQLite's own check finds wrong with the file, at most 20 sentences; none if it is sound.
    public func integrityProblems() throws -> [String] {
        try read { database, _ in
            try String.fetchAll(database, sql: "PRAGMA integrity_check(20)").filter { $0 != "ok" }
        }
    }

    /// Reads in one consistent view of the ledger.
    func read<Value>(_ body: (Database, LabelNames) throws -> Value) throws -> Value {
        do {
            for _ in 0..<5 {
                let snapshot = try current()
                let value = try snapshot.database.read { database in
                    try body(database, try snapshot.updatedNames(database))
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
            if !snapshot.isCurrent { snapshot = try LedgerSnapshot(path: path) }
            return snapshot
        }
    }

    private static func matches(_ record: CallRecord, _ identity: String) -> Bool {
        record.id.description == identity || record.operationID == identity || record.requestID == identity
            || record.clientRequestID == identity || record.responseID == identity
            || record.objectAlias == identity || record.edgeRequestID == identity
    }
}
