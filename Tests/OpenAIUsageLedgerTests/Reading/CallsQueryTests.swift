import OpenAIUsage
import Testing

@testable import OpenAIUsageLedger

@Suite("Queries for calls")
struct CallsQueryTests {
    private static func records() -> [CallRecord] {
        (0..<60).map { number in
            var record = Records.plain(number, project: "proj_\(number % 3)")
            record.requestModel = number % 4 == 0 ? "alias" : "gpt-4o"
            record.model = "gpt-4o-2024"
            record.organization = number % 5 == 0 ? "acme" : nil
            record.client = "client_\(number % 2)"
            record.serviceTier = number % 2 == 0 ? "flex" : nil
            record.key = KeyFingerprint(hint: "sk-...\(number % 2)abc", digest: UInt64(number % 6) << 40 | 0x1234)
            record.tags = number % 7 == 0 ? ["team": "a'b", "x": "1"] : ["x": "1"]
            record.outcome = number % 6 == 0 ? .error : .completed
            return record
        }
    }

    @Test("Each filter finds what a look at every record finds", arguments: [2, 4_096])
    func filters(labelCapacity: Int) async throws {
        let folder = TemporaryFolder()
        var options = LedgerOptions()
        options.labelCapacity = labelCapacity
        let records = Self.records()
        try await fill(folder, records, options: options)
        let reader = try LedgerReader(path: folder.ledger)
        func check(_ change: (inout CallFilter) -> Void, _ matches: (CallRecord) -> Bool, line: Int = #line) throws {
            var query = CallsQuery()
            change(&query.filter)
            let expected = records.filter(matches)
            #expect(try reader.calls(query) == expected, "line \(line)")
            var report = ReportQuery(from: 0, to: .max, groupBy: [])
            report.filter = query.filter
            #expect(try reader.report(report).totals.calls == Int64(expected.count), "line \(line)")
        }
        try check({ _ in }, { _ in true })
        try check({ $0.require(.project, ["proj_1"]) }, { $0.project == "proj_1" })
        try check({ $0.require(.project, ["proj_1", "proj_2", "nope"]) }, { $0.project != "proj_0" })
        try check({ $0.require(.project, ["nope"]) }, { _ in false })
        try check({ $0.require(.model, ["alias"]) }, { $0.requestModel == "alias" })
        try check({ $0.require(.model, ["gpt-4o-2024"]) }, { _ in true })
        try check({ $0.require(.endpoint, ["chat.completions"]) }, { _ in true })
        try check({ $0.require(.endpoint, ["responses"]) }, { _ in false })
        try check({ $0.require(.organization, ["acme"]) }, { $0.organization == "acme" })
        try check({ $0.require(.client, ["client_1"]) }, { $0.client == "client_1" })
        try check({ $0.require(.serviceTier, ["flex"]) }, { $0.serviceTier == "flex" })
        try check({ $0.require(.key, ["1abc"]) }, { $0.key?.hint == "sk-...1abc" })
        try check({ $0.require(.key, ["sk-...0abc #020000"]) }, { $0.key?.description == "sk-...0abc #020000" })
        try check(
            { $0.require(.key, ["#030000", "#010000"]) },
            { ["010000", "030000"].contains($0.key?.digestText.prefix(6)) }
        )
        try check({ $0.require(.serviceTier, ["-"]) }, { $0.serviceTier == nil })
        try check({ $0.require(.serviceTier, ["-", "flex"]) }, { _ in true })
        try check({ $0.exclude(.serviceTier, ["-"]) }, { $0.serviceTier != nil })
        try check({ $0.exclude(.serviceTier, ["flex"]) }, { $0.serviceTier == nil })
        try check({ $0.require(.tag("team"), ["-"]) }, { $0.tags["team"] == nil })
        try check({ $0.require(.key, ["-"]) }, { $0.key == nil })
        try check({ $0.require(.status, ["-"]) }, { $0.status == nil })
        try check({ $0.require(.errorCode, ["-"]) }, { ($0.errorCode ?? $0.errorType) == nil })
        try check({ $0.require(.outcome, ["error", "cut"]) }, { $0.outcome == .error })
        try check({ $0.require(.tag("team"), ["a'b"]) }, { $0.tags["team"] == "a'b" })
        try check(
            {
                $0.require(.tag("team"), ["a'b"])
                $0.require(.tag("x"), ["2"])
            },
            { _ in false }
        )
        try check(
            {
                $0.require(.project, ["proj_0"])
                $0.require(.tag("x"), ["1"])
                $0.require(.outcome, ["completed"])
            },
            { $0.project == "proj_0" && $0.outcome == .completed }
        )
    }

    @Test("Ranges are half-open, and limit, order and start apply together")
    func ranges() async throws {
        let folder = TemporaryFolder()
        let records = Self.records()
        try await fill(folder, records)
        let reader = try LedgerReader(path: folder.ledger)
        var query = CallsQuery()
        query.fromMicroseconds = records[10].startedAtMicroseconds
        query.toMicroseconds = records[20].startedAtMicroseconds
        #expect(try reader.calls(query) == Array(records[10..<20]))
        query.limit = 3
        #expect(try reader.calls(query) == Array(records[10..<13]))
        query.order = .newestFirst
        #expect(try reader.calls(query) == [records[19], records[18], records[17]])
        query.after = records[17].id
        #expect(try reader.calls(query) == [records[19], records[18]])
        query.limit = 0
        #expect(try reader.calls(query).isEmpty)
        query = CallsQuery()
        query.fromMicroseconds = records[59].startedAtMicroseconds + 1
        #expect(try reader.calls(query).isEmpty)
        query.fromMicroseconds = nil
        query.toMicroseconds = records[0].startedAtMicroseconds
        #expect(try reader.calls(query).isEmpty)
    }

    @Test("The body ends the reading")
    func stops() async throws {
        let folder = TemporaryFolder()
        try await fill(folder, Self.records())
        let reader = try LedgerReader(path: folder.ledger)
        var count = 0
        try reader.calls(CallsQuery()) { _ in
            count += 1
            return count < 5
        }
        #expect(count == 5)
        struct Stop: Error {}
        #expect(throws: Stop.self) { try reader.calls(CallsQuery()) { _ in throw Stop() } }
        #expect(try reader.calls(CallsQuery()).count == 60)
    }

    @Test("A range finds calls whose identity does not follow their time, as after the clock was set back")
    func clockSetBack() async throws {
        let folder = TemporaryFolder()
        var early = Records.plain(1)
        early.id = CallID(rawValue: Records.plain(500).id.rawValue + 1)
        let others = [Records.plain(100), Records.plain(500)]
        try await fill(folder, others + [early])
        var query = CallsQuery()
        query.toMicroseconds = Records.plain(50).startedAtMicroseconds
        #expect(try LedgerReader(path: folder.ledger).calls(query) == [early])
        query.fromMicroseconds = Records.plain(100).startedAtMicroseconds
        query.toMicroseconds = nil
        #expect(try LedgerReader(path: folder.ledger).calls(query) == others)
    }

    @Test("Both ends of a range hold for rows that lie between those of the range")
    func endsAmongOthers() async throws {
        let folder = TemporaryFolder()
        let (from, to) = (Records.start + 1_000, Records.start + 2_000)
        let times = [from, from - 1, to, to + 5, to - 1]
        let records = times.enumerated().map { number, time in
            var record = Records.plain(number, at: time)
            record.id = CallID(rawValue: 1_000 + Int64(number))
            return record
        }
        try await fill(folder, records)
        let reader = try LedgerReader(path: folder.ledger)
        var query = CallsQuery()
        query.fromMicroseconds = from
        query.toMicroseconds = to
        #expect(try reader.calls(query) == [records[0], records[4]])
        #expect(try reader.report(ReportQuery(from: from, to: to)).totals.calls == 2)
    }

    @Test("A follower hands out every call once, also one that took long")
    func follower() async throws {
        let folder = TemporaryFolder()
        let ledger = try Ledger(path: folder.ledger)
        let second = 1_000_000 as Int64
        func call(_ number: Int, _ seconds: Int64) -> CallRecord {
            Records.plain(number, at: Records.start + seconds * second)
        }
        ledger.record(call(0, 0))
        ledger.recordOpen(call(1, 1))
        await ledger.flush()
        let reader = try LedgerReader(path: folder.ledger)
        var follower = try CallTail(CallsQuery(), of: reader)
        #expect(try follower.next(of: reader).isEmpty)
        ledger.record(call(2, 50))
        ledger.record(call(3, 51))
        ledger.recordOpen(call(4, 52))
        await ledger.flush()
        #expect(try follower.next(of: reader) == [call(2, 50), call(3, 51)])
        ledger.record(call(5, 45))
        ledger.record(call(6, 90))
        await ledger.flush()
        #expect(try follower.next(of: reader) == [call(5, 45), call(6, 90)])
        ledger.record(call(1, 1))
        ledger.record(call(4, 52))
        await ledger.flush()
        #expect(try follower.next(of: reader) == [call(1, 1), call(4, 52)])
        #expect(try follower.next(of: reader).isEmpty)
        ledger.record(call(7, 300))
        await ledger.flush()
        #expect(try follower.next(of: reader) == [call(7, 300)])
        #expect(try follower.next(of: reader).isEmpty)
        await ledger.close()
    }

    @Test("A follower shows what was under way when it began, however long that takes, and remembers some seconds only")
    func longFollowing() async throws {
        let folder = TemporaryFolder()
        let ledger = try Ledger(path: folder.ledger)
        func call(_ number: Int, _ seconds: Int64) -> CallRecord {
            Records.plain(number, at: Records.start + seconds * 1_000_000)
        }
        // Of the second nobody has said that it is under way: its row comes when it has ended.
        let open = call(1, 1)
        let unseen = call(2, 2)
        ledger.recordOpen(open)
        ledger.record(call(3, 100))
        await ledger.flush()
        let reader = try LedgerReader(path: folder.ledger)
        var follower = try CallTail(CallsQuery(), of: reader)
        var shown: [CallRecord] = []
        for hour in 1..<200 {
            for number in 0..<20 { ledger.record(call(number, Int64(hour) * 3_600 + Int64(number))) }
            if hour == 150 { ledger.record(unseen) }
            if hour == 199 { ledger.record(open) }
            await ledger.flush()
            shown += try follower.next(of: reader)
            #expect(follower.remembered <= 30)
        }
        #expect(shown.count == 199 * 20 + 2)
        #expect(shown.filter { $0 == open || $0 == unseen } == [unseen, open])
        #expect(Set(shown.map(\.id)).count == shown.count)
        await ledger.close()
    }

    @Test("A follower shows what a crash has interrupted")
    func followedCrash() async throws {
        let folder = TemporaryFolder()
        let ledger = try Ledger(path: folder.ledger)
        ledger.recordOpen(Records.plain(1))
        for number in 0..<5 { ledger.record(Records.plain(10 + number, at: Records.start + 3_600_000_000)) }
        await ledger.flush()
        let reader = try LedgerReader(path: folder.ledger)
        var follower = try CallTail(CallsQuery(), of: reader)
        await ledger.close()
        let next = try Ledger(path: folder.ledger)
        #expect(try follower.next(of: reader).map(\.outcome) == [.interrupted])
        #expect(try follower.next(of: reader).isEmpty)
        await next.close()
    }

    @Test("A follower heeds its filter and its start")
    func followerFilter() async throws {
        let folder = TemporaryFolder()
        let ledger = try Ledger(path: folder.ledger)
        let records = Self.records()
        for record in records { ledger.record(record) }
        await ledger.flush()
        let reader = try LedgerReader(path: folder.ledger)
        var query = CallsQuery()
        query.filter.require(.outcome, ["error"])
        query.filter.require(.project, ["proj_0"])
        query.after = records[30].id
        var follower = try CallTail(query, of: reader)
        #expect(try follower.next(of: reader) == [records[36], records[42], records[48], records[54]])
        ledger.record(Records.plain(100, project: "proj_0"))
        var failed = Records.plain(101, project: "proj_0")
        failed.outcome = .error
        ledger.record(failed)
        await ledger.flush()
        #expect(try follower.next(of: reader) == [failed])
        await ledger.close()
    }
}
