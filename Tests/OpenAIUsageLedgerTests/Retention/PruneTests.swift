import Foundation
import GRDB
import OpenAIUsage
import OpenAIUsageTestSupport
import Testing

@testable import OpenAIUsageLedger

@Suite("Pruning")
struct PruneTests {
    /// A call a minute.
    private static func records(_ count: Int) -> [CallRecord] {
        (0..<count).map { Records.plain($0, at: Records.start + Int64($0) * 60_000_000) }
    }

    private static func value(_ sql: String, _ folder: TemporaryFolder) throws -> Int64 {
        try LedgerReader(path: folder.ledger).read { database, _ in try Int64.fetchOne(database, sql: sql) ?? 0 }
    }

    @Test("Rows go, what names only them goes too, and the file becomes smaller")
    func space() async throws {
        let folder = TemporaryFolder()
        var options = LedgerOptions()
        options.flushThreshold = 1_000
        let ledger = try Ledger(path: folder.ledger, options: options)
        for records in Self.records(24_000).chunks(of: 1_000) {
            for record in records { ledger.record(record) }
            await ledger.flush()
        }
        let boundary = Records.start + 20_000 * 60_000_000
        let told = try await ledger.prune(PruneQuery(before: boundary, isDryRun: true))
        #expect(told.isDryRun && told.calls == 19_995 && told.firstMicroseconds == Records.start)
        #expect(try Self.value("SELECT count(*) FROM call", folder) == 24_000)
        let report = try await ledger.prune(PruneQuery(before: boundary))
        #expect(
            report.calls == told.calls && report.firstMicroseconds == told.firstMicroseconds
                && report.lastMicroseconds == told.lastMicroseconds
        )
        #expect(report.lastMicroseconds == Records.start + 19_994 * 60_000_000)
        #expect(report.freeBytes == 0 && !report.needsCompacting)
        // The dry run estimates.
        #expect(abs(Double(told.returnedBytes) / Double(report.returnedBytes) - 1) < 0.5, "\(told) \(report)")
        await ledger.close()
        #expect(ledger.statistics.errors == 0)
        #expect(try Self.value("SELECT count(*) FROM call", folder) == 4_005)
        #expect(try Self.value("PRAGMA freelist_count", folder) == 0)
        let blocks = try Self.value("SELECT count(*) FROM segment", folder)
        #expect(blocks < 24, "No segment of the index is gone.")
        let orphans = "SELECT count(*) FROM segment_slot WHERE key >> 24 NOT IN (SELECT id FROM segment)"
        #expect(try Self.value(orphans, folder) == 0)
        let reader = try LedgerReader(path: folder.ledger)
        #expect(try reader.calls(matching: "req_5").isEmpty)
        #expect(try reader.calls(matching: "req_23999").count == 1)
        #expect(try reader.calls(matching: "req_19995").count == 1)
        #expect(try reader.integrityProblems() == [])
        let again = try Ledger(path: folder.ledger, options: options)
        #expect(try await again.prune(PruneQuery(before: boundary)).calls == 0)
        await again.close()
    }

    /// Begins a run in a session of its own, which ends as soon as some rows are gone; true if nothing was left to do.
    private static func beginRun(_ folder: TemporaryFolder, before: Int64, _ options: LedgerOptions) throws -> Bool {
        let identities = CallIDGenerator.shared(by: options.clock)
        var session = try LedgerSession(path: folder.ledger, options: options, secret: nil, identities: identities)
        defer { session.close() }
        var run = PruneRun(before: before, slack: .none)
        return try session.database.writeWithoutTransaction { database in
            for made in 1...12 {
                let hasMore = try run.step(&session.store, database, size: 200)
                let calls = run.report.calls
                #expect(calls <= 200 * Int64(made))
                if !hasMore { return true }
                if calls > 0 { return false }
            }
            return false
        }
    }

    @Test("A run that ends behind any step leaves an exact ledger, and the next one goes on")
    func brokenOff() async throws {
        let folder = TemporaryFolder()
        var options = LedgerOptions()
        options.flushThreshold = 500
        try await fill(folder, Self.records(3_000), options: options)
        let boundary = Records.start + 2_000 * 60_000_000
        let query = ReportQuery(from: 0, to: .max, groupBy: [.day])
        let whole = try LedgerReader(path: folder.ledger).report(query, exactLimit: 0)
        var steps = 0
        var isDone = false
        while !isDone {
            isDone = try Self.beginRun(folder, before: boundary, options)
            steps += 1
            var found = try LedgerReader(path: folder.ledger).report(query)
            found.pruned = nil
            #expect(found == whole, "after \(steps) runs")
            #expect(try LedgerReader(path: folder.ledger).integrityProblems() == [])
        }
        #expect(steps > 10)
        #expect(try Self.value("SELECT count(*) FROM call", folder) == 1_005)
        #expect(try Self.value("PRAGMA freelist_count", folder) == 0)
    }

    @Test("Calls in flight stay, and pending ones are summed up before their rows go")
    func pending() async throws {
        let folder = TemporaryFolder()
        let ledger = try Ledger(path: folder.ledger)
        let records = Self.records(100)
        for (number, record) in records.enumerated() {
            if number % 10 == 0 {
                var interim = record
                interim.outcome = .open
                ledger.recordOpen(interim)
            } else {
                ledger.record(record)
            }
        }
        await ledger.flush()
        let before = Records.start + 100 * 60_000_000
        let report = try await ledger.prune(PruneQuery(before: before))
        // The last ten minutes are no whole quarter of an hour.
        #expect(report.calls == 81 && report.inFlight == 9)
        ledger.record(records[50])
        await ledger.flush()
        let reader = try LedgerReader(path: folder.ledger)
        let late = try reader.calls(matching: "req_50")
        #expect(late.first?.outcome == .completed)
        #expect(try reader.summary().calls == 91)
        let again = try await ledger.prune(PruneQuery(before: before))
        #expect(again.calls == 1)
        #expect(try reader.summary().calls == 91)
        #expect(try reader.calls(matching: "req_50").isEmpty)
        await ledger.close()
        // The next writer finds the rest interrupted.
        try await fill(folder, [])
        #expect(try LedgerReader(path: folder.ledger).summary().calls == 100)
    }

    @Test("A record that a killed writer has left is not counted again when its row is gone")
    func remains() async throws {
        let folder = TemporaryFolder()
        let record = Records.plain(1)
        var journal = try RecordJournal(path: folder.ledger)
        let isKept = journal.append(record, isOpen: false)
        #expect(isKept)
        let saved = folder.names.compactMap { name in folder.bytes(of: name).map { (name, $0) } }
        let ledger = try Ledger(path: folder.ledger)
        await ledger.flush()
        #expect(try await ledger.prune(PruneQuery(before: Records.start + 86_400_000_000)).calls == 1)
        await ledger.close()
        for (name, bytes) in saved { try folder.write(name, bytes) }
        let reader = try LedgerReader(path: folder.ledger)
        #expect(try reader.summary().calls == 1)
        #expect(try reader.calls(CallsQuery()).isEmpty)
        #expect(!RecordJournal.hasRemains(folder.ledger))
    }

    @Test("An object that was counted in a row that is gone is not counted again")
    func objects() async throws {
        let folder = TemporaryFolder()
        func sight(_ number: Int, day: Int64) -> CallRecord {
            var record = CallRecord(
                id: CallID(rawValue: (Records.start + day * 86_400_000_000) << 11 | Int64(number)),
                startedAt: Records.start + day * 86_400_000_000,
                source: .gateway,
                method: "GET",
                host: "api.openai.com",
                path: "/v1/batches/batch_1"
            )
            record.outcome = .completed
            record.responseID = "batch_1"
            record.objectCreatedAtMicroseconds = Records.start
            record.usageState = .reported
            record.cost = CallCost(picoUSD: 7, status: .exact)
            return record
        }
        try await fill(folder, [sight(1, day: 1)])
        let ledger = try Ledger(path: folder.ledger)
        #expect(try await ledger.prune(PruneQuery(before: Records.start + 3 * 86_400_000_000)).calls == 1)
        ledger.record(sight(2, day: 40))
        await ledger.close()
        let totals = try LedgerReader(path: folder.ledger).report(ReportQuery(from: 0, to: .max, groupBy: [])).totals
        #expect(totals.calls == 2 && totals.costPicoUSD == 7)
    }

    @Test("A file without rows, that became shorter by itself, is not taken for another one")
    func recognition() async throws {
        let folder = TemporaryFolder()
        var options = LedgerOptions()
        options.idleMilliseconds = 5
        let ledger = try Ledger(path: folder.ledger, options: options)
        for record in Self.records(9_000) { ledger.record(record) }
        await ledger.flush()
        #expect(try await ledger.prune(PruneQuery(before: Records.start + 10_000 * 60_000_000)).calls == 9_000)
        // Another program copies the log, and writes nothing.
        try OtherProgram.count(folder.ledger)
        let late = Records.start + 20_000 * 60_000_000
        for batch in 0..<30 {
            for number in 0..<500 {
                ledger.record(Records.plain(batch * 500 + number, at: late + Int64(batch * 500 + number) * 1_000))
            }
            await ledger.flush()
        }
        await ledger.close()
        #expect(ledger.statistics.errors == 0 && ledger.statistics.isBalanced)
        #expect(folder.names.filter { $0.contains("damaged") } == [])
        #expect(try LedgerReader(path: folder.ledger).summary().calls == 24_000)
    }

    @Test("A file that was made without the means to shrink says so")
    func compacting() async throws {
        let folder = TemporaryFolder()
        try await fill(folder, Self.records(5_000))
        try OtherProgram.forbidShrinking(folder.ledger)
        let ledger = try Ledger(path: folder.ledger)
        let report = try await ledger.prune(PruneQuery(before: Records.start + 5_000 * 60_000_000))
        #expect(report.needsCompacting && report.returnedBytes == 0 && report.freeBytes > 200_000)
        await ledger.close()
    }
}

extension Array {
    /// The elements in parts of a length.
    func chunks(of length: Int) -> [ArraySlice<Element>] {
        stride(from: 0, to: count, by: length).map { self[$0..<Swift.min($0 + length, count)] }
    }
}
