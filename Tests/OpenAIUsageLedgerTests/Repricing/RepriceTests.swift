import GRDB
import OpenAIUsage
import OpenAIUsageLedger
import OpenAIUsageTestSupport
import Synchronization
import Testing

@Suite("Repricing")
struct RepriceTests {
    private static let seed: UInt64 = 0x9e91_2026
    private static let everything = RepriceQuery(from: 0, to: .max)

    /// A cost that depends on the call alone.
    private static let price: @Sendable (CallRecord) -> CallCost = { record in
        switch record.id.rawValue % 5 {
        case 0: CallCost(status: .unpriced, reason: "unknown_model", priceVersion: "new")
        case 1: CallCost(picoUSD: 7, status: .partial, reason: "missing_meter", priceVersion: "new")
        case 2: CallCost(picoUSD: 0, status: .free)
        default: CallCost(picoUSD: record.startedAtMicroseconds % 1_000_000, status: .exact, priceVersion: "new")
        }
    }

    private static func random(_ count: Int) -> [CallRecord] {
        var generator = SplitMix64(seed: seed)
        return (0..<count).map { Records.random($0, &generator) }.sorted { $0.id.rawValue < $1.id.rawValue }
    }

    private static func all(_ folder: TemporaryFolder) throws -> [CallRecord] {
        try LedgerReader(path: folder.ledger).calls(CallsQuery())
    }

    @Test("Every row gets the cost of its call, and keeps everything else")
    func costs() async throws {
        let folder = TemporaryFolder()
        try await fill(folder, Self.random(1_000))
        let before = try Self.all(folder)
        let ledger = try Ledger(path: folder.ledger)
        let report = try await ledger.reprice(Self.everything, price: Self.price)
        await ledger.close()
        let after = try Self.all(folder)
        #expect(after.count == before.count)
        for (old, new) in zip(before, after) {
            #expect(new.cost == Self.price(old), "seed \(Self.seed)")
            var rest = new
            rest.cost = old.cost
            #expect(rest == old, "seed \(Self.seed)")
        }
        #expect(report.totals.calls == Int64(before.count))
        #expect(report.totals.written == Int64(zip(before, after).count { $0.cost != $1.cost }))
        let sum = after.compactMap(\.cost.picoUSD).reduce(Int128(0)) { $0 + Int128($1) }
        #expect(report.totals.newPicoUSD == sum)
        let old = before.compactMap(\.cost.picoUSD).reduce(Int128(0)) { $0 + Int128($1) }
        #expect(report.totals.oldPicoUSD == old)
        #expect(report.totals.differencePicoUSD == sum - old)
    }

    @Test("Repricing twice changes nothing")
    func twice() async throws {
        let folder = TemporaryFolder()
        try await fill(folder, Self.random(700))
        let ledger = try Ledger(path: folder.ledger)
        let first = try await ledger.reprice(Self.everything, price: Self.price)
        let between = try Self.all(folder)
        let second = try await ledger.reprice(Self.everything, price: Self.price)
        await ledger.close()
        #expect(first.totals.written > 0)
        #expect(second.totals.written == 0)
        #expect(second.totals.changed == 0)
        #expect(second.totals.differencePicoUSD == 0)
        #expect(second.totals.newPicoUSD == first.totals.newPicoUSD)
        #expect(try Self.all(folder) == between)
    }

    @Test("A dry run tells the same, and writes nothing")
    func dryRun() async throws {
        let folder = TemporaryFolder()
        try await fill(folder, Self.random(600))
        let before = folder.bytes(of: "ledger.db")
        let told = try LedgerReader(path: folder.ledger).reprice(Self.everything, price: Self.price)
        #expect(folder.bytes(of: "ledger.db") == before)
        let ledger = try Ledger(path: folder.ledger)
        var query = Self.everything
        query.isDryRun = true
        let rows = try Self.all(folder)
        #expect(try await ledger.reprice(query, price: Self.price) == told)
        #expect(try Self.all(folder) == rows)
        #expect(try await ledger.reprice(Self.everything, price: Self.price) == told)
        #expect(try Self.all(folder) != rows)
        await ledger.close()
    }

    @Test("Each row is priced once, however many there are", arguments: [0, 1, 255, 256, 257, 512, 1_111])
    func steps(count: Int) async throws {
        let folder = TemporaryFolder()
        try await fill(folder, (0..<count).map { Records.plain($0) })
        let seen = Collector<CallID>()
        let ledger = try Ledger(path: folder.ledger)
        let report = try await ledger.reprice(Self.everything) { record in
            seen.append(record.id)
            return record.cost
        }
        await ledger.close()
        #expect(seen.all == (0..<count).map { Records.plain($0).id })
        #expect(report.totals.calls == Int64(count))
        #expect(report.rows.count == (count == 0 ? 0 : 1))
    }

    @Test("Only the calls of the range, the projects and the models are priced")
    func selection() async throws {
        let folder = TemporaryFolder()
        var records = (0..<10).map { Records.plain($0, project: $0 % 2 == 0 ? "a" : "b") }
        for index in records.indices { records[index].model = index < 5 ? "m" : "n" }
        records[9].model = nil
        records[9].requestModel = "m"
        try await fill(folder, records)
        func priced(_ change: (inout RepriceQuery) -> Void) throws -> [Int64] {
            var query = Self.everything
            change(&query)
            let seen = Collector<Int64>()
            _ = try LedgerReader(path: folder.ledger).reprice(query) { record in
                seen.append((record.startedAtMicroseconds - Records.start) / 1_000)
                return record.cost
            }
            return seen.all
        }
        #expect(try priced { _ in } == Array(0..<10))
        #expect(
            try priced {
                $0.fromMicroseconds = Records.start + 2_000
                $0.toMicroseconds = Records.start + 5_000
            } == [2, 3, 4]
        )
        #expect(try priced { $0.filter.require(.project, ["b"]) } == [1, 3, 5, 7, 9])
        #expect(try priced { $0.filter.require(.model, ["m"]) } == [0, 1, 2, 3, 4, 9])
        #expect(
            try priced {
                $0.filter.require(.project, ["a"])
                $0.filter.require(.model, ["n", "none"])
            } == [6, 8]
        )
        #expect(try priced { $0.filter.require(.project, ["c"]) } == [])
        #expect(try priced { $0.fromMicroseconds = Records.start + 10_000 } == [])
    }

    @Test("Changes are told by project and model, in their order")
    func groups() async throws {
        let folder = TemporaryFolder()
        var records = [("b", "m"), ("a", "n"), ("a", nil), ("a", "m"), ("b", "m")].enumerated().map { index, group in
            var record = Records.plain(index, project: group.0)
            record.model = group.1
            return record
        }
        records[1].cost = CallCost(status: .unpriced, reason: "unknown_model", priceVersion: "old")
        try await fill(folder, records)
        let report = try LedgerReader(path: folder.ledger).reprice(Self.everything) { record in
            if record.model == "n" { return CallCost(picoUSD: 5, status: .exact, priceVersion: "new") }
            var cost = record.cost
            if record.project == "b" { cost.picoUSD = 1_500_000 }
            cost.priceVersion = "new"
            return cost
        }
        #expect(report.rows.map(\.project) == ["a", "a", "a", "b"])
        #expect(report.rows.map(\.model) == [nil, "m", "n", "m"])
        #expect(report.rows.map(\.changed) == [0, 0, 1, 2])
        #expect(report.rows.map(\.written) == [1, 1, 1, 2])
        #expect(report.rows.map(\.oldPicoUSD) == [1_000_000, 1_000_000, nil, 2_000_000])
        #expect(report.rows.map(\.newPicoUSD) == [1_000_000, 1_000_000, 5, 3_000_000])
        #expect(report.rows.map(\.oldUnpriced) == [0, 0, 1, 0])
        #expect(report.rows.map(\.newUnpriced) == [0, 0, 0, 0])
        #expect(report.totals.calls == 5)
        #expect(report.totals(where: { $0.project == "b" }).changed == 2)
    }

    @Test("A call that is open is left to its end")
    func open() async throws {
        let folder = TemporaryFolder()
        let ledger = try Ledger(path: folder.ledger)
        var record = Records.plain(0)
        record.cost = CallCost()
        ledger.recordOpen(record)
        let report = try await ledger.reprice(Self.everything) { _ in CallCost(picoUSD: 9, status: .exact) }
        #expect(report.totals.calls == 0)
        record.cost = CallCost(picoUSD: 3, status: .exact, priceVersion: "v")
        ledger.record(record)
        let later = try await ledger.reprice(Self.everything) { $0.cost }
        await ledger.close()
        #expect(later.totals.newPicoUSD == 3)
        #expect(try Self.all(folder).map(\.cost) == [record.cost])
    }

    @Test("Records that queue up before it are seen by it")
    func queued() async throws {
        let folder = TemporaryFolder()
        let gate = Gate()
        var options = LedgerOptions()
        options.hooks.beforeBatch = gate.hook
        let ledger = try Ledger(path: folder.ledger, options: options)
        ledger.record(Records.plain(0))
        await gate.arrival()
        for number in 1..<50 { ledger.record(Records.plain(number)) }
        async let report = ledger.reprice(Self.everything, price: Self.price)
        gate.open()
        #expect(try await report.totals.calls == 50)
        await ledger.close()
    }

    @Test("Calls are recorded while others are priced anew, and none is lost or counted twice")
    func meanwhile() async throws {
        let folder = TemporaryFolder()
        try await fill(folder, (0..<3_000).map { Records.plain($0) })
        let ledger = try Ledger(path: folder.ledger)
        let query = RepriceQuery(from: 0, to: Records.start + 3_000_000)
        async let report = ledger.reprice(query) { _ in CallCost(picoUSD: 2, status: .exact, priceVersion: "new") }
        for number in 3_000..<9_000 {
            ledger.record(Records.plain(number))
            if number % 500 == 0 { await ledger.flush() }
        }
        #expect(try await report.totals.changed == 3_000)
        await ledger.flush()
        #expect(ledger.statistics.isBalanced)
        #expect(ledger.statistics.written == 6_000)
        #expect(ledger.statistics.errors == 0)
        await ledger.close()
        let rows = try Self.all(folder)
        #expect(rows.count == 9_000)
        #expect(rows.prefix(3_000).allSatisfy { $0.cost.picoUSD == 2 })
        #expect(rows.dropFirst(3_000).allSatisfy { $0.cost.picoUSD == 1_000_000 })
        #expect(try LedgerReader(path: folder.ledger).integrityProblems().isEmpty)
    }

    @Test("A report agrees with what was told, to the last digit")
    func report() async throws {
        let folder = TemporaryFolder()
        try await fill(folder, (0..<400).map { Records.plain($0, project: "p\($0 % 3)") })
        let ledger = try Ledger(path: folder.ledger)
        let told = try await ledger.reprice(Self.everything, price: Self.price)
        await ledger.close()
        var query = ReportQuery(from: 0, to: Records.start + 86_400_000_000)
        query.groupBy = [.project]
        let report = try LedgerReader(path: folder.ledger).report(query)
        #expect(report.totals.costPicoUSD == told.totals.newPicoUSD)
        let costs = Dictionary(uniqueKeysWithValues: report.rows.map { ($0.group[0], $0.costPicoUSD) })
        #expect(costs == Dictionary(uniqueKeysWithValues: told.rows.map { ($0.project, $0.newPicoUSD) }))
        #expect(report.totals.unpricedCalls == told.totals.newUnpriced)
    }

    @Test("Versions beyond the capacity of labels are kept as text")
    func labels() async throws {
        let folder = TemporaryFolder()
        try await fill(folder, (0..<20).map { Records.plain($0) })
        var options = LedgerOptions()
        options.labelCapacity = 2
        let ledger = try Ledger(path: folder.ledger, options: options)
        _ = try await ledger.reprice(Self.everything) { record in
            CallCost(picoUSD: 1, status: .exact, priceVersion: "v\(record.startedAtMicroseconds / 1_000 % 7)")
        }
        await ledger.close()
        let versions = try Self.all(folder).map(\.cost.priceVersion)
        #expect(versions == (0..<20).map { "v\((Records.start / 1_000 + Int64($0)) % 7)" })
    }

    @Test("A ledger that has closed refuses")
    func closed() async throws {
        let folder = TemporaryFolder()
        try await fill(folder, [Records.plain(0)])
        let ledger = try Ledger(path: folder.ledger)
        await ledger.close()
        let error = await #expect(throws: LedgerError.self) {
            _ = try await ledger.reprice(Self.everything, price: Self.price)
        }
        #expect(error?.code == .closed)
        #expect(try Self.all(folder).map(\.cost) == [Records.plain(0).cost])
    }

    @Test("A run that is cancelled stops, and can be repeated")
    func cancelled() async throws {
        let folder = TemporaryFolder()
        try await fill(folder, (0..<2_000).map { Records.plain($0) })
        let ledger = try Ledger(path: folder.ledger)
        let running = Mutex<Task<RepriceReport, any Error>?>(nil)
        let reached = Collector<Int>()
        let task = Task {
            try await ledger.reprice(Self.everything) { record in
                // The task is there before its first step ends: it is cancelled in the middle of the run.
                if record.id == Records.plain(700).id {
                    reached.append(1)
                    running.withLock { $0?.cancel() }
                }
                return Self.price(record)
            }
        }
        running.withLock { $0 = task }
        let result = await task.result
        if reached.all.count == 1, (try? result.get()) == nil {
            #expect(throws: CancellationError.self) { try result.get() }
            let changed = try Self.all(folder).count { $0.cost != Records.plain(0).cost }
            #expect(changed < 2_000)
        }
        let report = try await ledger.reprice(Self.everything, price: Self.price)
        #expect(report.totals.calls == 2_000)
        #expect(try Self.all(folder).allSatisfy { $0.cost == Self.price($0) })
        await ledger.close()
    }

    @Test("The report is written as JSON, unknown sums as null")
    func json() throws {
        var row = RepriceRow(project: "a", model: nil)
        row.calls = 3
        row.changed = 1
        row.written = 2
        row.newPicoUSD = 1_500_000_000_000
        row.oldUnpriced = 3
        var query = RepriceQuery(from: Records.start, to: Records.start + 1)
        query.isDryRun = true
        let members =
            #""calls":3,"changed_calls":1,"written_calls":2,"old_cost_usd":null,"new_cost_usd":1.5,"#
            + #""difference_usd":1.5,"old_unpriced_calls":3,"new_unpriced_calls":0"#
        #expect(
            RepriceReport(rows: [row]).json(query, priceVersion: "v") == """
                {"from":"2026-11-23T00:00:00.000000Z","to":"2026-11-23T00:00:00.000001Z","dry_run":true,\
                "price_version":"v","rows":[{"project":"a","model":null,\(members)}],"totals":{\(members)}}
                """
        )
    }
}
