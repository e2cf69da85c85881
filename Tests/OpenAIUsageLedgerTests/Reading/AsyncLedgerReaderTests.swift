import GRDB
import OpenAIUsage
import OpenAIUsageTestSupport
import Synchronization
import Testing

@testable import OpenAIUsageLedger

@Suite("Reading from asynchronous code")
struct AsyncLedgerReaderTests {
    private struct OwnError: Error, Equatable {}

    @Test("The answers are those of the blocking reader")
    func answers() async throws {
        var generator = SplitMix64(seed: 5)
        let folder = TemporaryFolder()
        let records = (0..<300).map { Records.random($0, &generator) }
        try await fill(folder, records)
        let (reader, blocking) = (AsyncLedgerReader(path: folder.ledger), try LedgerReader(path: folder.ledger))
        let query = ReportQuery(from: 0, to: .max, groupBy: [.endpoint])
        // In an asynchronous function the blocking ones are the same by name.
        let expected = try blocking.report(query)
        #expect(try await reader.report(query) == expected)
        var calls = CallsQuery()
        calls.limit = 130
        calls.order = .newestFirst
        let list = try blocking.calls(calls).map(\.id)
        #expect(list == records.map(\.id).sorted(by: >).prefix(130).map { $0 })
        #expect(try await reader.calls(calls).map(\.id) == list)
        var handed: [CallID] = []
        try await reader.calls(calls) { record in
            handed.append(record.id)
            return true
        }
        #expect(handed == list)
        let summary = try blocking.summary()
        #expect(try await reader.summary() == summary)
        let id = records[7].id.description
        #expect(try await reader.calls(matching: id).map(\.id) == [records[7].id])
    }

    @Test(
        "A read whose task is cancelled ends, whatever SQLite is at, and the reader can be used again",
        .timeLimit(.minutes(1))
    )
    func cancellation() async throws {
        let folder = TemporaryFolder()
        try await fill(folder, [Records.plain(1)])
        let reader = AsyncLedgerReader(path: folder.ledger)
        let (starts, start) = AsyncStream.makeStream(of: Void.self)
        let task = Task {
            try await reader.run { reader in
                try reader.read { database, _ in
                    start.yield()
                    // It never ends by itself.
                    return try Int.fetchOne(
                        database,
                        sql: "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c"
                    )
                }
            }
        }
        for await _ in starts { break }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try await reader.summary().calls == 1)
    }

    @Test("The error of whoever is handed calls comes back as it is")
    func errors() async throws {
        let folder = TemporaryFolder()
        try await fill(folder, (0..<3).map { Records.plain($0) })
        let blocking = try LedgerReader(path: folder.ledger)
        #expect(throws: OwnError.self) { try blocking.calls(CallsQuery()) { _ in throw OwnError() } }
        let reader = AsyncLedgerReader(path: folder.ledger)
        await #expect(throws: OwnError.self) { try await reader.calls(CallsQuery()) { _ in throw OwnError() } }
        let missing = AsyncLedgerReader(path: "\(folder.path)/none.db")
        await #expect { try await missing.summary() } throws: { ($0 as? LedgerError)?.code == .missing }
        try await fill(folder, [Records.plain(9)])
    }

    @Test("No read is under way while calls are handed out: the log can be emptied, and new calls written")
    func shortReads() async throws {
        let folder = TemporaryFolder()
        let ledger = try Ledger(path: folder.ledger)
        for number in 0..<200 { ledger.record(Records.plain(number)) }
        await ledger.flush()
        let reader = try LedgerReader(path: folder.ledger)
        var seen = Set<CallID>()
        var busy: [Int] = []
        try reader.calls(CallsQuery()) { record in
            #expect(seen.insert(record.id).inserted)
            if seen.count == 100 {
                let other = try DatabaseQueue(path: folder.ledger)
                try other.writeWithoutTransaction { database in
                    busy.append(try Int.fetchOne(database, sql: "PRAGMA wal_checkpoint(TRUNCATE)") ?? 1)
                }
                try other.close()
            }
            return true
        }
        #expect(seen.count == 200)
        #expect(busy == [0])
        await ledger.close()
    }

    @Test("The sums over all calls equal the report to the last digit, and are read again only after a write")
    func totals() async throws {
        var generator = SplitMix64(seed: 6)
        let folder = TemporaryFolder()
        var options = LedgerOptions()
        options.flushThreshold = 64
        let ledger = try Ledger(path: folder.ledger, options: options)
        let totals = LedgerTotalsReader(path: folder.ledger)
        for round in 0..<3 {
            for number in 0..<200 { ledger.record(Records.random(round * 200 + number, &generator)) }
            await ledger.flush()
            let found = try await totals.totals()
            let report = try await AsyncLedgerReader(path: folder.ledger).report(
                ReportQuery(from: .min, to: .max, groupBy: [])
            )
            #expect(found.lines.reduce(0) { $0 + $1.calls } == report.totals.calls)
            #expect(found.lines.reduce(0) { $0 + ($1.costPicoUSD ?? 0) } == report.totals.costPicoUSD)
            #expect(found.lines.reduce(0) { $0 + ($1[.inputTokens] ?? 0) } == report.totals.inputTokens)
            #expect(found.lines.reduce(0) { $0 + $1.unpricedCalls } == report.totals.unpricedCalls)
        }
        await ledger.close()
        // The same values by whoever asks after a restart.
        let restarted = try await LedgerTotalsReader(path: folder.ledger).totals()
        #expect(restarted.lines.map(\.calls) == (try await totals.totals()).lines.map(\.calls))
    }
}
