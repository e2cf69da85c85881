import Foundation
import OpenAIUsage
import OpenAIUsageLedger
import Testing

@Suite("Reading")
struct LedgerReaderTests {
    @Test("A ledger that is not there is missing")
    func missing() throws {
        let folder = TemporaryFolder()
        #expect(code { _ = try LedgerReader(path: folder.ledger) } == .missing)
        #expect(folder.names.isEmpty)
    }

    @Test("A reader sees what is committed while the writer goes on, and changes nothing")
    func live() async throws {
        let folder = TemporaryFolder()
        let ledger = try Ledger(path: folder.ledger)
        let reader = try LedgerReader(path: folder.ledger)
        for number in 0..<20 {
            ledger.record(Records.plain(number))
            await ledger.flush()
            #expect(try reader.summary().calls == Int64(number) + 1)
        }
        let file = folder.bytes(of: "ledger.db")
        let log = folder.bytes(of: "ledger.db-wal")
        do {
            let second = try LedgerReader(path: folder.ledger)
            #expect(try second.calls(CallsQuery()).count == 20)
            #expect(try second.report(ReportQuery(from: 0, to: .max)).totals.calls == 20)
        }
        #expect(folder.bytes(of: "ledger.db") == file)
        #expect(folder.bytes(of: "ledger.db-wal") == log)
        await ledger.close()
        #expect(try reader.summary().calls == 20)
    }

    @Test("The first call is the one that began first, whatever identities say")
    func firstAndLast() async throws {
        let folder = TemporaryFolder()
        var records = (0..<4).map { Records.plain($0) }
        (records[0].startedAtMicroseconds, records[1].startedAtMicroseconds) = (
            records[1].startedAtMicroseconds, records[0].startedAtMicroseconds
        )
        (records[2].startedAtMicroseconds, records[3].startedAtMicroseconds) = (
            records[3].startedAtMicroseconds, records[2].startedAtMicroseconds
        )
        try await fill(folder, records)
        let summary = try LedgerReader(path: folder.ledger).summary()
        #expect(summary.firstMicroseconds == Records.start && summary.lastMicroseconds == Records.start + 3_000)
    }

    @Test("Reading a closed ledger leaves no files beside it")
    func noTraces() async throws {
        let folder = TemporaryFolder()
        try await fill(folder, [Records.plain(1)])
        let before = folder.bytes(of: "ledger.db")
        let reader = try LedgerReader(path: folder.ledger)
        #expect(try reader.calls(CallsQuery()).count == 1)
        #expect(folder.names == ["ledger.db"])
        #expect(folder.bytes(of: "ledger.db") == before)
    }

    @Test("A reader of a closed ledger notices that it is written to again")
    func reopened() async throws {
        let folder = TemporaryFolder()
        try await fill(folder, [Records.plain(1)])
        let reader = try LedgerReader(path: folder.ledger)
        #expect(try reader.summary().calls == 1)
        let ledger = try Ledger(path: folder.ledger)
        ledger.record(Records.plain(2, project: "another"))
        await ledger.flush()
        #expect(try reader.calls(CallsQuery()).map(\.project) == ["default", "another"])
        await ledger.close()
        #expect(try reader.summary().calls == 2)
        try FileManager.default.removeItem(atPath: folder.ledger)
        #expect(code { _ = try reader.summary() } == .missing)
        try await fill(folder, [Records.plain(3), Records.plain(4), Records.plain(5, project: "third")])
        #expect(try reader.calls(CallsQuery()).map(\.project) == ["default", "default", "third"])
    }

    @Test("A calls query that is under way when the ledger changes hands goes on, and repeats nothing")
    func changesHands() async throws {
        let folder = TemporaryFolder()
        try await fill(folder, (0..<200).map { Records.plain($0) })
        let reader = try LedgerReader(path: folder.ledger)
        var ledgers: [Ledger] = []
        var seen: [CallID] = []
        try reader.calls(CallsQuery()) { record in
            seen.append(record.id)
            if ledgers.isEmpty { ledgers.append(try Ledger(path: folder.ledger)) }
            return true
        }
        #expect(seen == (0..<200).map { Records.plain($0).id })
        for ledger in ledgers { await ledger.close() }
    }

    @Test("A file with an awkward name is found")
    func awkwardName() async throws {
        let folder = TemporaryFolder()
        let path = "\(folder.path)/a b?c#d%20é&mode=memory.db"
        let ledger = try Ledger(path: path)
        ledger.record(Records.plain(1))
        await ledger.close()
        #expect(try LedgerReader(path: path).summary().calls == 1)
    }

    @Test("A summary tells what is there")
    func summary() async throws {
        let folder = TemporaryFolder()
        let empty = LedgerSummary.self
        try await fill(folder, [])
        let none = try LedgerReader(path: folder.ledger).summary()
        #expect(type(of: none) == empty)
        #expect(none.calls == 0 && none.openCalls == 0 && none.firstMicroseconds == nil && none.lastMicroseconds == nil)
        var unpriced = Records.plain(1)
        unpriced.cost = CallCost(status: .unpriced)
        var partial = Records.plain(2)
        partial.cost.status = .partial
        var unknown = Records.plain(3)
        unknown.usageState = .cut
        let ledger = try Ledger(path: folder.ledger)
        for record in [Records.plain(0), unpriced, partial, unknown] { ledger.record(record) }
        var open = Records.plain(4)
        open.cost.status = .unpriced
        ledger.recordOpen(open)
        await ledger.flush()
        let summary = try LedgerReader(path: folder.ledger).summary()
        #expect(summary.calls == 4)
        #expect(summary.openCalls == 1)
        #expect(summary.firstMicroseconds == Records.plain(0).startedAtMicroseconds)
        #expect(summary.lastMicroseconds == open.startedAtMicroseconds)
        #expect(summary.unpricedCalls == 2)
        #expect(summary.callsWithoutUsage == 1)
        #expect(summary.quarantined == 0)
        await ledger.close()
    }

    @Test("The newest rate limits of each project and model are kept")
    func limits() async throws {
        func limited(_ number: Int, _ project: String, _ model: String?, _ remaining: Int64) -> CallRecord {
            var record = Records.plain(number, project: project)
            record.model = model
            record.organization = "acme"
            var limits = RateLimits()
            limits["tokens"] = RateLimits.Window(limit: 1_000, remaining: remaining, resetMicroseconds: 5)
            limits["requests"] = RateLimits.Window(limit: nil, remaining: 7, resetMicroseconds: nil)
            record.rateLimits = limits
            return record
        }
        let folder = TemporaryFolder()
        let ledger = try Ledger(path: folder.ledger)
        ledger.record(limited(2, "b", "m", 20))
        ledger.record(limited(3, "b", "m", 30))
        await ledger.flush()
        // An older call that ends later does not overwrite the newer one's limits.
        ledger.record(limited(1, "b", "m", 10))
        ledger.record(limited(4, "a\u{0}z", nil, 40))
        ledger.record(Records.plain(5, project: "c"))
        await ledger.close()
        let found = try LedgerReader(path: folder.ledger).limits()
        #expect(found.map(\.project) == ["a\u{0}z", "b"])
        #expect(found.map(\.model) == [nil, "m"])
        #expect(found[1].limits["tokens"] == RateLimits.Window(limit: 1_000, remaining: 30, resetMicroseconds: 5))
        #expect(found[1].limits.windows.map(\.resource) == ["tokens", "requests"])
        #expect(found[1].organization == "acme")
        #expect(found[1].call == Records.plain(3).id)
        #expect(found[1].observedAtMicroseconds == Records.plain(3).startedAtMicroseconds)
    }
}
