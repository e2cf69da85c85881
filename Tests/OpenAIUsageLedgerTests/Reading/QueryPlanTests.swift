import GRDB
import OpenAIUsage
import Testing

@testable import OpenAIUsageLedger

@Suite("Query plans")
struct QueryPlanTests {
    private func plan(_ sql: String, _ arguments: StatementArguments = []) async throws -> [String] {
        let folder = TemporaryFolder()
        try await fill(folder, (0..<50).map { Records.plain($0) })
        return try LedgerReader(path: folder.ledger).read { database, _ in
            try Row.fetchAll(database, sql: "EXPLAIN QUERY PLAN \(sql)", arguments: arguments).map { $0["detail"] }
        }
    }

    @Test("A look-up reads no more than what is not sealed")
    func lookup() async throws {
        let plan = try await plan(IdentifierLookup.unsealedSQL, ["x", 5])
        // The list of late rows is short, and is scanned; the table of calls is not.
        #expect(plan.contains("SCAN u"))
        #expect(!plan.contains { $0.hasPrefix("SCAN c") }, "\(plan)")
        #expect(plan.filter { $0.hasPrefix("SEARCH c USING INTEGER PRIMARY KEY") }.count == 2)
    }

    @Test("A segment is searched by its key")
    func segment() async throws {
        let plan = try await plan("SELECT call_id FROM identifier WHERE segment = ? AND hash = ?", [1, 2])
        #expect(plan == ["SEARCH identifier USING PRIMARY KEY (segment=? AND hash=?)"])
    }

    @Test("Open calls are found by their own index, not among all calls")
    func open() async throws {
        let plan = try await plan("SELECT min(id) FROM call WHERE outcome = 'open'")
        #expect(plan.allSatisfy { $0.contains("call_open") })
    }

    @Test("A range of time reads the index on time, then the rows between its ends")
    func range() async throws {
        let ends = try await plan(
            "SELECT min(id), max(id) FROM call INDEXED BY call_started_at WHERE started_at >= 1 AND started_at < 2"
        )
        #expect(ends == ["SEARCH call USING COVERING INDEX call_started_at (started_at>? AND started_at<?)"])
        let rows = try await plan("SELECT outcome FROM call WHERE id BETWEEN 1 AND 2 AND +started_at >= 3")
        #expect(rows == ["SEARCH call USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"])
    }
}
