import GRDB
import OpenAIUsage
import OpenAIUsageTestSupport
import Testing

@testable import OpenAIUsageLedger

@Suite("Checks of a ledger")
struct LedgerCheckTests {
    private func filled() async throws -> TemporaryFolder {
        var generator = SplitMix64(seed: 5)
        let folder = TemporaryFolder()
        var options = LedgerOptions()
        options.flushThreshold = 100
        try await fill(folder, (0..<1_000).map { RollupReportTests.record($0, &generator) }, options: options)
        return folder
    }

    @Test("A sound ledger has no findings, pruned or not, in use or not")
    func sound() async throws {
        let folder = try await filled()
        #expect(try LedgerCheck.run(folder.ledger).findings == [])
        let ledger = try Ledger(path: folder.ledger)
        let middle = try LedgerReader(path: folder.ledger).calls(CallsQuery())[500].startedAtMicroseconds
        _ = try await ledger.prune(PruneQuery(before: middle))
        let report = try LedgerCheck.run(folder.ledger)
        #expect(report.findings == [])
        #expect(report.facts.contains { $0.contains("are pruned") })
        #expect(report.facts.contains { $0.contains("written to by process") })
        await ledger.close()
    }

    @Test(
        "Every fault is a finding",
        arguments: [
            ("UPDATE call SET series = 999 WHERE id = (SELECT min(id) FROM call)", "1 rows name a series"),
            ("UPDATE call SET result = 999 WHERE id = (SELECT min(id) FROM call)", "1 rows name a result"),
            ("UPDATE call SET form = 9999 WHERE id = (SELECT min(id) FROM call)", "1 rows name a form"),
            ("INSERT INTO pending_call VALUES(5)", "1 pending entries name a row"),
            (
                "UPDATE call SET cost_pico_usd = 1 + coalesce(cost_pico_usd, 0) WHERE id = (SELECT min(id) FROM call)",
                "sums differ from their rows"
            ),
            ("DELETE FROM call WHERE id = (SELECT min(id) FROM call)", "1 sums differ from their rows"),
            ("DELETE FROM rollup WHERE key = (SELECT min(key) FROM rollup)", "1 sums of a month differ"),
            ("DELETE FROM segment_slot", "are not found by their identities"),
            ("DELETE FROM segment WHERE id = (SELECT min(id) FROM segment)", "name a segment that is missing"),
            ("DELETE FROM series WHERE id = 2", "is damaged"),
        ]
    )
    func faults(sql: String, finding: String) async throws {
        let folder = try await filled()
        let database = try DatabaseQueue(path: folder.ledger)
        try await database.write { try $0.execute(sql: sql) }
        try database.close()
        let findings = try LedgerCheck.run(folder.ledger).findings
        #expect(findings.contains { $0.contains(finding) }, "\(findings)")
        #expect(findings.allSatisfy { $0.hasSuffix(".") })
    }

    @Test("What is not a ledger is refused")
    func refusals() throws {
        let folder = TemporaryFolder()
        #expect(code { _ = try LedgerCheck.run(folder.ledger) } == .missing)
        try folder.write("ledger.db", Array("no database at all, whatever its name".utf8))
        #expect(try LedgerCheck.run(folder.ledger).findings.count == 1)
    }
}
