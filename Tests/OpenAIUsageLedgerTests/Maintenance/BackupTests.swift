import Foundation
import GRDB
import OpenAIUsage
import Testing

@testable import OpenAIUsageLedger

@Suite("Backups and compacting")
struct BackupTests {
    @Test("A backup beside a running writer is whole, of one moment, and its owner's alone")
    func runningWriter() async throws {
        let folder = TemporaryFolder()
        let ledger = try Ledger(path: folder.ledger)
        for number in 0..<20_000 { ledger.record(Records.plain(number)) }
        await ledger.flush()
        let reader = try LedgerReader(path: folder.ledger)
        let copy = "\(folder.path)/copy.db"
        let steps = Collector<Int64>()
        let bytes = try reader.backup(to: copy) { done, _ in
            // The writer goes on meanwhile.
            for number in 0..<100 { ledger.record(Records.plain(20_000 + steps.all.count * 100 + number)) }
            while ledger.statistics.queued > 0 { sched_yield() }
            steps.append(done)
        }
        #expect(steps.all.count > 1 && bytes == LedgerFile.size(copy))
        let found = try LedgerReader(path: copy)
        #expect(try found.calls(CallsQuery()).count == 20_000)
        #expect(try found.summary().calls == 20_000)
        #expect(try LedgerCheck.run(copy).findings == [])
        let attributes = try FileManager.default.attributesOfItem(atPath: copy)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        #expect(folder.names.filter { $0.hasPrefix("copy") } == ["copy.db"])
        await ledger.close()
        #expect(ledger.statistics.errors == 0)
        #expect(try reader.summary().calls == Int64(20_000 + steps.all.count * 100))
        // A copy can be gone on with.
        try await fill(folder, [])
        let again = try Ledger(path: copy)
        again.record(Records.plain(90_000))
        await again.close()
        #expect(try LedgerReader(path: copy).summary().calls == 20_001)
    }

    @Test("Nothing is overwritten, and nothing half-made is left")
    func refusals() async throws {
        let folder = TemporaryFolder()
        try await fill(folder, [Records.plain(1)])
        try folder.write("there", [1])
        let reader = try LedgerReader(path: folder.ledger)
        #expect(code { _ = try reader.backup(to: "\(folder.path)/there") } == .notWritable)
        #expect(code { _ = try reader.backup(to: folder.path) } == .notWritable)
        #expect(code { _ = try reader.backup(to: folder.ledger) } == .notWritable)
        #expect(code { _ = try reader.backup(to: "\(folder.path)/no/folder") } == .notWritable)
        #expect(code { _ = try LedgerMerge.run([folder.ledger], to: "\(folder.path)/there") } == .notWritable)
        #expect(folder.bytes(of: "there") == [1])
        #expect(folder.names.filter { $0.contains("partial") } == [])
    }

    @Test("Compacting makes a file small, and lets it shrink by itself from then on")
    func compact() async throws {
        let folder = TemporaryFolder()
        let records = (0..<20_000).map { Records.plain($0, at: Records.start + Int64($0) * 1_000_000) }
        try await fill(folder, records)
        try OtherProgram.forbidShrinking(folder.ledger)
        let ledger = try Ledger(path: folder.ledger)
        let report = try await ledger.prune(PruneQuery(before: Records.start + 15_000 * 1_000_000))
        #expect(report.needsCompacting)
        #expect(code { _ = try LedgerCompaction.run(folder.ledger) } == .locked)
        await ledger.close()
        let sizes = try LedgerCompaction.run(folder.ledger)
        #expect(sizes.after < sizes.before / 2)
        #expect(try LedgerCheck.run(folder.ledger).findings == [])
        let again = try Ledger(path: folder.ledger)
        let rest = try await again.prune(PruneQuery(before: Records.start + 20_000 * 1_000_000))
        #expect(!rest.needsCompacting && rest.returnedBytes > 0)
        await again.close()
        #expect(try LedgerReader(path: folder.ledger).summary().calls == 20_000)
    }
}
