import Foundation
import GRDB
import OpenAIUsage
import Testing

@testable import OpenAIUsageLedger

@Suite("Maintenance by the writer")
struct MaintenanceTests {
    private func count(_ sql: String, _ folder: TemporaryFolder) throws -> Int {
        try LedgerReader(path: folder.ledger).read { database, _ in try Int.fetchOne(database, sql: sql) ?? 0 }
    }

    @Test("A long queue is written in several commits, which bounds the wait for the first")
    func batches() async throws {
        let folder = TemporaryFolder()
        let gate = Gate()
        let commits = Collector<LedgerCommit>()
        var options = LedgerOptions()
        options.hooks.beforeBatch = gate.hook
        options.commitObserver = { commits.append($0) }
        let ledger = try Ledger(path: folder.ledger, options: options)
        ledger.record(Records.plain(0))
        await gate.arrival()
        for number in 1...(LedgerWriter.maximumBatch + 10) { ledger.record(Records.plain(number)) }
        gate.open()
        await ledger.close()
        #expect(commits.all.map(\.records) == [1, LedgerWriter.maximumBatch, 10])
        #expect(ledger.statistics.written == Int64(LedgerWriter.maximumBatch + 11))
    }

    @Test("What a burst leaves is flushed once nothing else is to be done")
    func burst() async throws {
        let folder = TemporaryFolder()
        let gate = Gate()
        var options = LedgerOptions()
        options.flushThreshold = 100
        options.hooks.beforeBatch = gate.hook
        let ledger = try Ledger(path: folder.ledger, options: options)
        for number in 0..<950 { ledger.record(Records.plain(number)) }
        gate.open()
        await ledger.flush()
        // The writer tells of a commit before it flushes: closing waits for it.
        await ledger.close()
        #expect(try count("SELECT count(*) FROM segment", folder) >= 1)
        #expect(try count("SELECT count(*) FROM rollup", folder) >= 4)
        let reader = try LedgerReader(path: folder.ledger)
        for number in [0, 99, 100, 899, 900, 949] {
            #expect(try reader.calls(matching: "req_\(number)").count == 1)
        }
    }

    @Test("Closing flushes a long rest, and leaves a short one", arguments: [(600, 1), (100, 0)])
    func close(calls: Int, segments: Int) async throws {
        let folder = TemporaryFolder()
        try await fill(folder, (0..<calls).map { Records.plain($0) })
        #expect(try count("SELECT count(*) FROM segment", folder) == segments)
    }

    @Test("The log is begun anew, however much is written")
    func logLength() async throws {
        let folder = TemporaryFolder()
        let ledger = try Ledger(path: folder.ledger)
        for batch in 0..<120 {
            for number in 0..<1_000 { ledger.record(Records.plain(batch * 1_000 + number)) }
            await ledger.flush()
        }
        let statistics = ledger.statistics
        let fileSize = try #require(statistics.fileSize)
        let logSize = try #require(statistics.logSize)
        #expect(fileSize > 2_000_000, "Nothing was copied into the database.")
        #expect(logSize < 20_000_000, "The log holds \(logSize) bytes.")
        await ledger.close()
        #expect(try LedgerReader(path: folder.ledger).summary().calls == 120_000)
    }

    @Test("A reader in the middle of a list holds nobody up, and sees each call once")
    func reader() async throws {
        let folder = TemporaryFolder()
        let ledger = try Ledger(path: folder.ledger)
        for number in 0..<100 { ledger.record(Records.plain(number)) }
        await ledger.flush()
        let reader = try LedgerReader(path: folder.ledger)
        var seen: [CallID] = []
        try reader.calls(CallsQuery()) { record in
            if seen.count == 10 {
                for number in 100..<200 { ledger.record(Records.plain(number)) }
                // The writer commits while this list is under way.
                while ledger.statistics.written < 200 { sched_yield() }
            }
            seen.append(record.id)
            return true
        }
        #expect(seen.count >= 100 && seen == Array(Set(seen)).sorted { $0 < $1 })
        #expect(Set(seen).isSuperset(of: (0..<100).map { Records.plain($0).id }))
        #expect(try reader.summary().calls == 200)
        await ledger.close()
    }
}
