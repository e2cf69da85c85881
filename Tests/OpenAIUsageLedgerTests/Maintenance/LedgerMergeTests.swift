import Foundation
import OpenAIUsage
import OpenAIUsageTestSupport
import Testing

@testable import OpenAIUsageLedger

@Suite("Merging ledgers")
struct LedgerMergeTests {
    private static let all = ReportQuery(from: 0, to: .max, groupBy: [.project, .model, .outcome, .day])

    @Test(
        "Every call stands once, whatever ledgers it was in, and all sums are those of its rows",
        arguments: [1, 2, 3] as [UInt64]
    )
    func calls(seed: UInt64) async throws {
        var generator = SplitMix64(seed: seed)
        let folders = [TemporaryFolder(), TemporaryFolder(), TemporaryFolder()]
        let whole = TemporaryFolder()
        let records = (0..<900).map { RollupReportTests.record($0, &generator) }
        var parts: [[CallRecord]] = [[], [], []]
        var duplicates = 0
        for record in records {
            let first = Int.random(in: 0..<3, using: &generator)
            parts[first].append(record)
            if generator.chance(20) {
                parts[(first + 1) % 3].append(record)
                duplicates += 1
            }
        }
        for (folder, part) in zip(folders, parts) { try await fill(folder, part) }
        try await fill(whole, records)
        let target = "\(whole.path)/merged.db"
        let report = try LedgerMerge.run(folders.map(\.ledger), to: target)
        #expect(report.duplicates == duplicates)
        let (merged, exact) = (try LedgerReader(path: target), try LedgerReader(path: whole.ledger))
        #expect(try merged.calls(CallsQuery()) == exact.calls(CallsQuery()))
        RollupReportTests().compare(
            try merged.report(Self.all, exactLimit: 0),
            try exact.report(Self.all, exactLimit: .max),
            "seed \(seed)"
        )
        #expect(try LedgerCheck.run(target).findings == [])
        #expect(whole.names.filter { $0.contains("partial") } == [])
    }

    @Test("Of a call in flight the row stands that has ended")
    func inFlight() async throws {
        let (first, second) = (TemporaryFolder(), TemporaryFolder())
        var interim = Records.plain(1)
        interim.outcome = .open
        let ledger = try Ledger(path: first.ledger)
        ledger.recordOpen(interim)
        await ledger.flush()
        try await fill(second, [Records.plain(1), Records.plain(2)])
        for sources in [[first.ledger, second.ledger], [second.ledger, first.ledger]] {
            let target = "\(first.path)/\(sources[0] == first.ledger ? "a" : "b").db"
            #expect(try LedgerMerge.run(sources, to: target).calls == 2)
            #expect(try LedgerReader(path: target).summary().calls == 2)
            #expect(try LedgerReader(path: target).calls(matching: "req_1").first?.outcome == .completed)
        }
        await ledger.close()
    }

    @Test("Sums of pruned calls are taken over exactly")
    func pruned() async throws {
        var generator = SplitMix64(seed: 4)
        let (first, second, whole) = (TemporaryFolder(), TemporaryFolder(), TemporaryFolder())
        let records = (0..<600).map { RollupReportTests.record($0, &generator) }
        try await fill(first, Array(records[..<300]))
        try await fill(second, Array(records[300...]))
        try await fill(whole, records)
        let starts = records.map(\.startedAtMicroseconds).sorted()
        for (folder, boundary) in [(first, starts[200]), (second, starts[350])] {
            let ledger = try Ledger(path: folder.ledger)
            _ = try await ledger.prune(PruneQuery(before: boundary))
            await ledger.close()
        }
        let target = "\(whole.path)/merged.db"
        let report = try LedgerMerge.run([first.ledger, second.ledger], to: target)
        #expect(report.prunedCalls == Int64(600) - report.calls && report.prunedCalls > 200)
        let reader = try LedgerReader(path: target)
        RollupReportTests().compare(
            try reader.report(Self.all),
            try LedgerReader(path: whole.ledger).report(Self.all, exactLimit: .max),
            "merged"
        )
        #expect(try reader.prunedBeforeMicroseconds() == PruneBoundary.quarter(of: starts[350]))
        #expect(try LedgerCheck.run(target).findings == [])
    }

    @Test("Copies of one ledger are refused if sums may be of the same calls, and so is one file twice")
    func refusals() async throws {
        let folder = TemporaryFolder()
        let copy = "\(folder.path)/copy.db"
        try await fill(folder, (0..<100).map { Records.plain($0, at: Records.start + Int64($0) * 60_000_000) })
        _ = try LedgerReader(path: folder.ledger).backup(to: copy)
        let merged = "\(folder.path)/merged.db"
        #expect(try LedgerMerge.run([folder.ledger, copy], to: merged).duplicates == 100)
        let ledger = try Ledger(path: folder.ledger)
        _ = try await ledger.prune(PruneQuery(before: Records.start + 3_600_000_000))
        await ledger.close()
        #expect(code { _ = try LedgerMerge.run([copy, folder.ledger], to: "\(folder.path)/b.db") } == .failed)
        #expect(code { _ = try LedgerMerge.run([copy, copy], to: "\(folder.path)/c.db") } == .failed)
        #expect(try LedgerMerge.run([folder.ledger], to: "\(folder.path)/d.db").prunedCalls == 60)
    }

    @Test("A merged ledger knows all of its sources, so that no sum is taken over twice")
    func origins() async throws {
        let (first, second, third) = (TemporaryFolder(), TemporaryFolder(), TemporaryFolder())
        for (index, folder) in [first, second, third].enumerated() {
            let start = Records.start + Int64(index) * 1_000
            let calls = (0..<100).map { Records.plain(index * 100 + $0, at: start + Int64($0) * 60_000_000) }
            try await fill(folder, calls)
        }
        let pruned = try Ledger(path: second.ledger)
        _ = try await pruned.prune(PruneQuery(before: Records.start + 3_600_000_000))
        await pruned.close()
        let (both, all) = ("\(first.path)/both.db", "\(first.path)/all.db")
        #expect(try LedgerMerge.run([first.ledger, second.ledger], to: both).prunedCalls == 60)
        for source in [first.ledger, second.ledger] {
            #expect(code { _ = try LedgerMerge.run([both, source], to: "\(first.path)/x.db") } == .failed)
            let union = LedgerUnion([both, source].map { LedgerFileSource(AsyncLedgerReader(path: $0)) })
            await #expect(throws: LedgerUnion.Conflict.self) { try await union.report(ReportRequest(), now: .max - 1) }
        }
        #expect(try LedgerMerge.run([both, third.ledger], to: all).prunedCalls == 60)
        for source in [first.ledger, second.ledger, third.ledger, both] {
            #expect(code { _ = try LedgerMerge.run([all, source], to: "\(first.path)/x.db") } == .failed)
        }
        #expect(try LedgerReader(path: all).report(Self.all, exactLimit: 0).totals.calls == 300)
    }

    @Test("Files that are left of another ledger, and links to nothing, are refused")
    func places() async throws {
        let folder = TemporaryFolder()
        try await fill(folder, [Records.plain(1)])
        let path = "\(folder.path)/new.db"
        for suffix in ["-wal", "-journal", "-queue1", "-queue2"] {
            try folder.write("new.db\(suffix)", [1])
            #expect(code { _ = try LedgerMerge.run([folder.ledger], to: path) } == .notWritable)
            #expect(code { _ = try LedgerReader(path: folder.ledger).backup(to: path) } == .notWritable)
            try FileManager.default.removeItem(atPath: "\(path)\(suffix)")
        }
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "\(folder.path)/absent/x.db")
        #expect(code { _ = try LedgerMerge.run([folder.ledger], to: path) } == .notWritable)
        #expect(code { _ = try LedgerReader(path: folder.ledger).backup(to: path) } == .notWritable)
        #expect(folder.names.filter { $0.contains("partial") } == [])
    }
}
