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

    @Test("A slot of a segment, a rollup and a stretch of rows are searched by their key")
    func keys() async throws {
        let slot = try await plan("SELECT entries FROM segment_slot WHERE key = ?", [1])
        #expect(slot == ["SEARCH segment_slot USING INTEGER PRIMARY KEY (rowid=?)"])
        let rollup = try await plan("SELECT key, sums FROM rollup WHERE key BETWEEN ? AND ?", [1, 2])
        #expect(rollup == ["SEARCH rollup USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"])
        let rows = try await plan("\(RowFormat.select) WHERE id BETWEEN 1 AND 2 AND +result > 0")
        #expect(rows == ["SEARCH call USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"])
    }

    @Test("Listed rows are searched one by one")
    func listed() async throws {
        let plan = try await plan("\(RowFormat.select) WHERE id IN (SELECT call_id FROM pending_call) AND +result > 0")
        #expect(plan.contains { $0.hasPrefix("SEARCH call USING INTEGER PRIMARY KEY (rowid=?)") }, "\(plan)")
    }

    @Test("Calls in flight are found by their own index, not among all calls")
    func inFlight() async throws {
        for sql in ["SELECT id FROM call WHERE result < 0", "\(RowFormat.select) WHERE result < 0"] {
            let plan = try await plan(sql)
            #expect(plan.allSatisfy { $0.contains("call_in_flight") }, "\(plan)")
        }
    }
}
