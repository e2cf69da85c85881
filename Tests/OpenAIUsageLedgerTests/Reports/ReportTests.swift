import Foundation
import OpenAIUsage
import OpenAIUsageLedger
import OpenAIUsageTestSupport
import Testing

@Suite("Reports")
struct ReportTests {
    private static let day: Int64 = 86_400_000_000

    private func report(
        _ records: [CallRecord],
        _ groupBy: [ReportDimension] = [],
        timeZone: TimeZone = .gmt,
        from: Int64 = 0,
        to: Int64 = .max
    ) async throws -> Report {
        let folder = TemporaryFolder()
        try await fill(folder, records)
        let query = ReportQuery(from: from, to: to, timeZone: timeZone, groupBy: groupBy)
        return try LedgerReader(path: folder.ledger).report(query)
    }

    @Test("An empty ledger has no rows, and sums of nothing")
    func empty() async throws {
        let report = try await report([], [.project])
        #expect(report.rows.isEmpty)
        #expect(report.totals.calls == 0)
        #expect(report.totals.costPicoUSD == 0)
        #expect(report.totals.inputTokens == nil)
        #expect(report.totals.duration == nil)
        #expect(report == Report.empty(report.query))
    }

    @Test("Sums are made of what is known; unknown is not zero")
    func unknown() async throws {
        var first = Records.plain(1)
        first.usage = TokenUsage()
        first.usage[.inputTokens] = 5
        var second = Records.plain(2)
        second.usage = TokenUsage()
        second.usage[.inputTokens] = 7
        second.usage[.outputTokens] = 0
        second.cost = CallCost(status: .unpriced)
        let report = try await report([first, second])
        #expect(report.totals.inputTokens == 12)
        #expect(report.totals.outputTokens == 0)
        #expect(report.totals.cachedInputTokens == nil)
        #expect(report.totals.reasoningTokens == nil)
        #expect(report.totals.costPicoUSD == 1_000_000)
        #expect(report.totals.unpricedCalls == 1)
        #expect(report.totals.timeToFirstToken == nil)
        #expect(report.rows.count == 1)
        #expect(report.rows[0] == report.totals)
    }

    @Test(
        "A cost is unknown when nothing is known of it, and zero when there is nothing to price",
        arguments: [
            (CostStatus.unpriced, UsageState.reported, nil), (.none, .missing, nil), (.none, .error, 0),
            (.free, .notApplicable, 0), (.none, .notApplicable, 0),
        ] as [(CostStatus, UsageState, Int128?)]
    )
    func noCost(status: CostStatus, state: UsageState, expected: Int128?) async throws {
        var record = Records.plain(1)
        record.cost = CallCost(status: status)
        record.usageState = state
        #expect(try await report([record]).totals.costPicoUSD == expected)
    }

    @Test(
        "Errors, calls without usage and unpriced calls are counted",
        arguments: Outcome.allCases.filter { $0 != .open }
    )
    func counts(outcome: Outcome) async throws {
        var record = Records.plain(1)
        record.outcome = outcome
        let isError = [.error, .cut, .timeout, .unreachable].contains(outcome)
        #expect(try await report([record]).totals.errors == (isError ? 1 : 0))
        #expect(try await report([record]).totals.calls == 1)
    }

    @Test("States without usage", arguments: UsageState.allCases)
    func usageStates(state: UsageState) async throws {
        var record = Records.plain(1)
        record.usageState = state
        let isWithout = [.null, .missing, .cut, .unparsable].contains(state)
        #expect(try await report([record]).totals.callsWithoutUsage == (isWithout ? 1 : 0))
    }

    @Test("What is unknown is bounded in money beside the sum, and what no bound covers is counted")
    func bounds() async throws {
        var bounded = Records.plain(1)
        bounded.usageState = .missing
        bounded.cost = CallCost(picoUSD: nil, status: .none, reason: .missingUsage, upperBoundPicoUSD: 3_000_000)
        var cut = Records.plain(2)
        cut.usageState = .cut
        cut.cost = CallCost(picoUSD: nil, status: .partial, upperBoundPicoUSD: 4_000_000)
        var unbounded = Records.plain(3)
        unbounded.usageState = .null
        unbounded.cost = CallCost(status: .unpriced)
        var shown = bounded
        shown.id = Records.plain(4).id
        shown.isCounted = false
        var known = Records.plain(5)
        known.cost.upperBoundPicoUSD = 9_000_000
        let totals = try await report([bounded, cut, unbounded, shown, known], [.model]).totals
        #expect(totals.upperBoundPicoUSD == 7_000_000)
        #expect(totals.unboundedCalls == 1)
        #expect(totals.callsWithoutUsage == 3)
        #expect(totals.unpricedCalls == 2)
        #expect(totals.partialCalls == 1)
        #expect(totals.costPicoUSD == 1_000_000)
    }

    @Test("What calls that are priced in part leave out is bounded apart from calls without usage")
    func boundsOfTheRest() async throws {
        var partial = Records.plain(1)
        partial.cost = CallCost(
            picoUSD: 1_000_000,
            status: .partial,
            reason: .missingUsage,
            upperBoundPicoUSD: 4_000_000
        )
        var unpriced = Records.plain(2)
        unpriced.cost = CallCost(picoUSD: nil, status: .unpriced, reason: .missingUsage, upperBoundPicoUSD: 5_000_000)
        var unknown = Records.plain(3)
        unknown.cost = CallCost(status: .unpriced, reason: .unknownModel)
        let totals = try await report([partial, unpriced, unknown]).totals
        #expect(totals.unpricedUpperBoundPicoUSD == 8_000_000)
        #expect(totals.boundedUnpricedCalls == 2)
        #expect(totals.unpricedCalls == 3)
        #expect(totals.upperBoundPicoUSD == nil)
    }

    @Test("Calls of endpoints that are not known are counted, whether they have labels or not", arguments: [0, 4_096])
    func otherEndpoints(labels: Int) async throws {
        let folder = TemporaryFolder()
        var records = (0..<3).map { Records.plain($0) }
        for index in 0..<2 { records[index].endpoint = Endpoint(method: "GET", path: "/v1/nothing") }
        var options = LedgerOptions()
        options.labelCapacity = labels
        try await fill(folder, records, options: options)
        let report = try LedgerReader(path: folder.ledger).report(ReportQuery(from: 0, to: .max, groupBy: [.project]))
        #expect(report.totals.otherCalls == 2)
        #expect(report.rows.map(\.otherCalls) == [2])
    }

    @Test("Open calls are counted apart")
    func open() async throws {
        let folder = TemporaryFolder()
        let ledger = try Ledger(path: folder.ledger)
        ledger.record(Records.plain(1))
        ledger.recordOpen(Records.plain(2))
        await ledger.flush()
        let report = try LedgerReader(path: folder.ledger).report(ReportQuery(from: 0, to: .max))
        #expect(report.totals.calls == 1)
        #expect(report.totals.openCalls == 1)
        #expect(report.totals.inputTokens == 100)
        #expect(report.totals.costPicoUSD == 1_000_000)
        await ledger.close()
    }

    @Test("Sums of money and tokens are exact beyond 64 bits")
    func wide() async throws {
        let records = (0..<10).map { number in
            var record = Records.plain(number)
            record.cost.picoUSD = number == 9 ? .min : .max
            record.usage[.inputTokens] = .max
            return record
        }
        let report = try await report(records, [.project])
        #expect(report.totals.costPicoUSD == 9 * Int128(Int64.max) + Int128(Int64.min))
        #expect(report.totals.inputTokens == 10 * Int128(Int64.max))
        #expect(report.rows[0].costPicoUSD == report.totals.costPicoUSD)
    }

    @Test("Percentiles are values that were measured", arguments: [1, 2, 3, 19, 20, 99, 100, 101, 1_000])
    func percentiles(count: Int) async throws {
        let values = (0..<count).map { Int64($0 * $0 + 1) }
        let records = values.enumerated().shuffled().map { number, value in
            var record = Records.plain(number)
            record.timing.durationMicroseconds = value
            record.timing.processingMicroseconds = number % 2 == 0 ? value * 10_000_000_000 : nil
            return record
        }
        let totals = try await report(records).totals
        func expected(_ values: [Int64], _ percent: Double) -> Int64 {
            values[max(0, Int((percent / 100 * Double(values.count)).rounded(.up)) - 1)]
        }
        let duration = try #require(totals.duration)
        #expect(duration.p50Microseconds == expected(values, 50))
        #expect(duration.p95Microseconds == expected(values, 95))
        #expect(duration.p99Microseconds == expected(values, 99))
        let processing = stride(from: 0, to: count, by: 2).map { values[$0] * 10_000_000_000 }
        #expect(totals.processing?.p50Microseconds == expected(processing, 50))
        #expect(totals.processing?.p99Microseconds == expected(processing, 99))
        #expect(totals.timeToFirstToken == nil)
    }

    @Test("Groups come with the dearest first, then by name, the unknown last")
    func order() async throws {
        func call(_ number: Int, _ project: String, _ cost: Int64?) -> CallRecord {
            var record = Records.plain(number, project: project)
            record.cost = CallCost(picoUSD: cost, status: cost == nil ? .unpriced : .exact)
            return record
        }
        let records = [call(1, "b", 5), call(2, "a", 5), call(3, "z", 9), call(4, "u", nil), call(5, "n", -1)]
        let rows = try await report(records, [.project]).rows
        #expect(rows.map { $0.group[0] } == ["z", "a", "b", "n", "u"])
        #expect(rows.last?.costPicoUSD == nil)
    }

    @Test("Time comes before money in the order of groups")
    func timeOrder() async throws {
        let records = (0..<6).map { number in
            var record = Records.plain(
                number,
                at: Records.start + Int64(number / 2) * Self.day,
                project: "p\(number % 2)"
            )
            record.cost.picoUSD = Int64(number % 2 * 10 + 6 - number / 2)
            return record
        }
        let rows = try await report(records.reversed(), [.project, .day]).rows
        #expect(
            rows.map { $0.group.map { $0 ?? "" } } == [
                ["p1", "2026-11-23"], ["p0", "2026-11-23"], ["p1", "2026-11-24"], ["p0", "2026-11-24"],
                ["p1", "2026-11-25"], ["p0", "2026-11-25"],
            ]
        )
    }

    @Test("Every dimension shows its values")
    func dimensions() async throws {
        var record = Records.plain(1)
        record.model = "m"
        record.organization = "o"
        record.client = "c"
        record.serviceTier = "t"
        record.key = KeyFingerprint(hint: "sk-...1234", digest: 0x5f2c_9a11_2233)
        record.tags = ["team": "search"]
        let all = ReportDimension.names.dropLast().compactMap { ReportDimension($0) } + [.tag("team"), .tag("none")]
        let rows = try await report([record], all).rows
        #expect(rows.count == 1)
        #expect(
            rows[0].group == [
                "default", "m", nil, "chat.completions", "o", "sk-...1234 #5f2c9a", "c", "api.openai.com", "t",
                "completed",
                "200", nil, "2026-11-23T00:00+00:00", "2026-11-23", "2026-W48", "2026-11", "search", nil,
            ]
        )
    }

    @Test(
        "A call without an answered model counts to the requested one, from rows and rollups alike",
        arguments: [0, 10_000],
        [1, 4_096]
    )
    func requestedModel(exactLimit: Int, labelCapacity: Int) async throws {
        let folder = TemporaryFolder()
        var options = LedgerOptions()
        options.labelCapacity = labelCapacity
        let models: [(requested: String?, answered: String?)] = [
            ("a-2026-01-01", nil), ("a", "a-2026-01-01"), ("a", "b"), ("c", nil), ("b", nil), (nil, nil), (nil, "c"),
        ]
        let records = models.enumerated().map { number, model in
            var record = Records.plain(number)
            (record.requestModel, record.model) = model
            return record
        }
        try await fill(folder, records, options: options)
        var query = ReportQuery(from: 0, to: .max, groupBy: [.model], mergesSnapshots: true)
        let reader = try LedgerReader(path: folder.ledger)
        let rows = try reader.report(query, exactLimit: exactLimit).rows
        let counts = Dictionary(rows.map { ($0.group[0], $0.calls) }) { $0 + $1 }
        #expect(counts == ["a": 2, "b": 2, "c": 2, nil: 1])
        // The filter by a row's name passes all calls of the row.
        for row in rows {
            guard let name = row.group[0] else { continue }
            query.filter = CallFilter([CallFilter.Condition(.model, [name])])
            #expect(try reader.report(query, exactLimit: exactLimit).rows.first { $0.group == [name] } == row)
        }
    }

    @Test("Tags that differ elsewhere are one group", arguments: [1, 4_096])
    func tags(labelCapacity: Int) async throws {
        let folder = TemporaryFolder()
        var options = LedgerOptions()
        options.labelCapacity = labelCapacity
        let records = (0..<10).map { number in
            var record = Records.plain(number)
            record.tags = ["team": number % 2 == 0 ? "a" : "b", "user": "\(number)"]
            return record
        }
        try await fill(folder, records + [Records.plain(11)], options: options)
        let query = ReportQuery(from: 0, to: .max, groupBy: [.tag("team")])
        let rows = try LedgerReader(path: folder.ledger).report(query).rows
        #expect(rows.map { $0.group[0] } == ["a", "b", nil])
        #expect(rows.map(\.calls) == [5, 5, 1])
    }

    @Test(
        "Names of dimensions are read and written",
        arguments: ReportDimension.names.dropLast() + ["tag:x", "tag:a:b"]
    )
    func names(name: String) {
        #expect(ReportDimension(name)?.description == name)
    }

    @Test("Unknown dimensions are refused", arguments: ["", "tag:", "tag", "Project", "years"])
    func unknownNames(name: String) {
        #expect(ReportDimension(name) == nil)
    }

    @Test(
        "Sums over the groups of any report equal its totals, and sums over days the range",
        arguments: [
            "UTC", "Europe/Paris", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe",
        ]
    )
    func additivity(zone: String) async throws {
        let folder = TemporaryFolder()
        var generator = SplitMix64(seed: 77)
        // Eight days around the ends of summer time in 2026, seen from each zone.
        let start = Records.start - 30 * Self.day
        let records = (0..<800).map { number in
            var record = Records.random(number, &generator)
            record.startedAtMicroseconds = start + Int64.random(in: 0..<(8 * Self.day), using: &generator)
            record.id = CallID(rawValue: record.startedAtMicroseconds << 11 | Int64(number))
            return record
        }
        try await fill(folder, records)
        let reader = try LedgerReader(path: folder.ledger)
        let timeZone = try #require(TimeZone(identifier: zone))
        let whole = try reader.report(
            ReportQuery(from: start, to: start + 8 * Self.day, timeZone: timeZone, groupBy: [])
        )
        #expect(whole.totals.calls == 800)
        for dimensions in [[.day], [.hour], [.week, .model], [.project, .day], [.tag("kv1"), .key]]
            as [[ReportDimension]]
        {
            let query = ReportQuery(from: start, to: start + 8 * Self.day, timeZone: timeZone, groupBy: dimensions)
            let report = try reader.report(query)
            #expect(report.totals == whole.totals, "\(dimensions)")
            check(report.rows, whole.totals, "\(dimensions)")
        }
        var parts: [ReportRow] = []
        var from = start
        while from < start + 8 * Self.day {
            let to = min(from + Int64.random(in: 1...Self.day, using: &generator), start + 8 * Self.day)
            parts.append(try reader.report(ReportQuery(from: from, to: to, groupBy: [])).totals)
            from = to
        }
        check(parts, whole.totals, "parts")
    }

    private func check(_ rows: [ReportRow], _ totals: ReportRow, _ comment: Comment) {
        #expect(rows.reduce(0) { $0 + $1.calls } == totals.calls, comment)
        #expect(rows.reduce(0) { $0 + $1.errors } == totals.errors, comment)
        #expect(rows.reduce(0) { $0 + $1.unpricedCalls } == totals.unpricedCalls, comment)
        #expect(rows.reduce(0) { $0 + $1.callsWithoutUsage } == totals.callsWithoutUsage, comment)
        #expect(rows.reduce(0) { $0 + ($1.costPicoUSD ?? 0) } == totals.costPicoUSD, comment)
        #expect(rows.reduce(0) { $0 + ($1.inputTokens ?? 0) } == totals.inputTokens, comment)
        #expect(rows.reduce(0) { $0 + ($1.outputTokens ?? 0) } == totals.outputTokens, comment)
        #expect(rows.reduce(0) { $0 + ($1.cachedInputTokens ?? 0) } == totals.cachedInputTokens, comment)
        #expect(rows.reduce(0) { $0 + ($1.reasoningTokens ?? 0) } == totals.reasoningTokens, comment)
    }
}
