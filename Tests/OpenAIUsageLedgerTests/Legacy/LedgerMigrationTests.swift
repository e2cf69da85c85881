import GRDB
import OpenAIUsage
import Testing

@testable import OpenAIUsageLedger

@Suite("Migration of older ledgers")
struct LedgerMigrationTests {
    private struct Stop: Error {}

    private func legacy(_ folder: TemporaryFolder, version: Int, rows: Int) async throws {
        let database = try await LegacyLedger.create(at: folder.ledger, version: version)
        try await database.write { database in
            try database.execute(
                sql: "INSERT INTO label(id, kind, value) VALUES(1, 'model', 'gpt-4o'), (2, 'project', 'proj_a')"
            )
            for number in 0..<rows {
                let id = (Records.start + Int64(number) * 1_000) << 11
                try database.execute(
                    sql: """
                        INSERT INTO call(id, started_at, attempt, source, method, host, path, endpoint, is_stream, project, model,
                            outcome, usage_state, cost_status, cost_pico_usd, input_tokens, output_tokens, raw_usage, request_id)
                        VALUES(?, ?, 0, 'gateway', 'POST', 'h', '/v1/chat/completions', 'chat.completions', 0, 2, 1,
                            'completed', 'reported', 'exact', ?, ?, 7, ?, ?)
                        """,
                    arguments: [
                        id, Records.start + Int64(number) * 1_000, number, number,
                        #"{"prompt_tokens":\#(number),"completion_tokens":7}"#, "req_\(number)",
                    ]
                )
            }
        }
        try database.close()
    }

    private func check(_ reader: LedgerReader, rows: Int) throws {
        let records = try reader.calls(CallsQuery())
        #expect(records.count == rows)
        for (number, record) in records.enumerated() {
            #expect(record.project == "proj_a" && record.model == "gpt-4o" && record.isCounted)
            #expect(record.usage.inputTokens == Int64(number) && record.cost.picoUSD == Int64(number))
            #expect(record.rawUsage == #"{"prompt_tokens":\#(number),"completion_tokens":7}"#)
        }
        #expect(try reader.calls(matching: "req_\(rows / 2)").count == 1)
        let totals = try reader.report(ReportQuery(from: .min, to: .max, groupBy: []), exactLimit: 0).totals
        #expect(totals.calls == Int64(rows) && totals.costPicoUSD == Int128(rows * (rows - 1) / 2))
    }

    @Test("Whoever opens an older ledger brings it to the newest version", arguments: [1, 2, 3], [true, false])
    func upgrade(version: Int, byWriter: Bool) async throws {
        let folder = TemporaryFolder()
        try await legacy(folder, version: version, rows: 300)
        if byWriter { try await fill(folder, []) }
        try check(try LedgerReader(path: folder.ledger), rows: 300)
        #expect(folder.names.filter { !$0.hasSuffix("-shm") && !$0.hasSuffix("-wal") } == ["ledger.db"])
        #expect(try LedgerFile.version(folder.ledger) == LedgerSchema.version)
    }

    @Test("An upgrade that was broken off loses nothing, and goes on")
    func brokenOff() async throws {
        let folder = TemporaryFolder()
        try await legacy(folder, version: 2, rows: 20_000)
        var options = LedgerOptions()
        options.upgradeObserver = { _, _ in throw Stop() }
        for _ in 0..<2 {
            #expect(throws: (any Error).self) { _ = try Ledger(path: folder.ledger, options: options) }
            #expect(try LedgerFile.version(folder.ledger) == 2)
        }
        let steps = Collector<[Int64]>()
        options.upgradeObserver = { steps.append([$0, $1]) }
        await (try Ledger(path: folder.ledger, options: options)).close()
        // The two broken attempts have each left a step.
        #expect(steps.all == [[20_000, 20_000]])
        try check(try LedgerReader(path: folder.ledger), rows: 20_000)
    }
}
