import Foundation
import OpenAIUsage
import OpenAIUsageLedger
import OpenAIUsageTestSupport
import Testing

@Suite("Order, top groups and comparison of a report")
struct ReportArrangementTests {
    private static let day: Int64 = 86_400_000_000

    /// Calls of five projects over four days, some failed, some without a price.
    private static func records(seed: UInt64) -> [CallRecord] {
        var generator = SplitMix64(seed: seed)
        return (0..<200).map { number in
            var record = Records.plain(
                number,
                at: Records.start + Int64(number) / 50 * day + Int64(number) * 1_000_000
            )
            record.project = "p\(Int.random(in: 0..<5, using: &generator))"
            record.cost.picoUSD = Int64.random(in: 0..<1_000_000_000, using: &generator)
            record.timing.durationMicroseconds = .random(in: 1_000..<9_000_000, using: &generator)
            if generator.chance(20) {
                record.outcome = .error
                record.status = 429
                record.errorCode = "rate_limit_exceeded"
                record.cost = CallCost()
            }
            if generator.chance(5) { record.cost = CallCost(status: .unpriced) }
            return record
        }
    }

    private static func sums(
        _ seed: UInt64,
        _ groupBy: [ReportDimension],
        exactLimit: Int = 10_000,
        from: Int64 = 0,
        to: Int64 = .max
    ) async throws -> MergeableReport {
        let folder = TemporaryFolder()
        try await fill(folder, records(seed: seed))
        let query = ReportQuery(from: from, to: to, groupBy: groupBy)
        return try LedgerReader(path: folder.ledger).mergeableReport(query, exactLimit: exactLimit)
    }

    @Test(
        "The top groups and the others have the sums of all, whatever the order",
        arguments: [1, 2] as [UInt64],
        [0, 10_000]
    )
    func top(seed: UInt64, exactLimit: Int) async throws {
        let sums = try await Self.sums(seed, [.project], exactLimit: exactLimit)
        let all = sums.report
        for key in ReportArrangement.Key.allCases {
            for top in 1...6 {
                let report = sums.report(ReportArrangement(key: key, top: top))
                #expect(report.totals == all.totals)
                #expect(report.rows.count == min(all.rows.count, top + 1))
                #expect(report.rows.map(\.calls).reduce(0, +) == all.totals.calls)
                #expect(report.rows.map(\.errors).reduce(0, +) == all.totals.errors)
                #expect(report.rows.compactMap(\.costPicoUSD).reduce(0, +) == all.totals.costPicoUSD)
                let others = report.rows.filter { $0.othersCount != nil }
                // A single other group has its own row.
                #expect(others.map(\.othersCount) == (top + 1 < all.rows.count ? [all.rows.count - top] : []))
                #expect(report.rows.last?.othersCount == others.first?.othersCount)
            }
        }
        let byCalls = sums.report(ReportArrangement(key: .calls, isAscending: true)).rows.map(\.calls)
        #expect(byCalls == byCalls.sorted())
        let byTime = sums.report(ReportArrangement(key: .p95)).rows.compactMap { $0.duration?.p95Microseconds }
        #expect(byTime == byTime.sorted(by: >))
        let names = sums.report(ReportArrangement(key: .name)).rows.map { $0.group[0] ?? "" }
        #expect(names == names.sorted())
    }

    @Test("The top groups of a report by day are those of the whole range, and each day has its others")
    func topByDay() async throws {
        let sums = try await Self.sums(3, [.day, .project])
        let best = try await Self.sums(3, [.project]).report(ReportArrangement(top: 2)).rows.prefix(2).map {
            $0.group[0]
        }
        let report = sums.report(ReportArrangement(top: 2))
        let days = Dictionary(grouping: report.rows) { $0.group[0] }
        #expect(days.count == 4)
        for rows in days.values {
            #expect(Set(rows.compactMap { $0.group[1] }).isSubset(of: Set(best.compactMap { $0 })))
            #expect(rows.filter { $0.othersCount != nil }.count == 1)
            #expect(rows.last?.othersCount != nil)
        }
        #expect(report.rows.map { $0.group[0] ?? "" } == report.rows.map { $0.group[0] ?? "" }.sorted())
        #expect(report.rows.map(\.calls).reduce(0, +) == report.totals.calls)
    }

    @Test("A day with a single group beyond the top ones shows that group")
    func singleOther() async throws {
        let places = [(0, "a"), (0, "a"), (0, "a"), (0, "b"), (1, "c"), (2, "b"), (2, "c")]
        let records = places.enumerated().map { number, place in
            var record = Records.plain(number, at: Records.start + Int64(place.0) * Self.day)
            record.project = place.1
            return record
        }
        let folder = TemporaryFolder()
        try await fill(folder, records)
        let query = ReportQuery(from: 0, to: .max, groupBy: [.day, .project])
        let report = try LedgerReader(path: folder.ledger).mergeableReport(query)
            .report(ReportArrangement(key: .calls, top: 1))
        let rows = report.rows.map { "\($0.group[0] ?? "-") \($0.group[1] ?? "-") \($0.othersCount ?? 0)" }
        #expect(
            Set(rows) == ["2026-11-23 a 0", "2026-11-23 b 0", "2026-11-24 c 0", "2026-11-25 - 2"]
        )
        #expect(report.rows.map(\.calls).reduce(0, +) == 7)
    }

    @Test("A comparison has a row for every group of either range")
    func comparison() async throws {
        let folder = TemporaryFolder()
        var records = Self.records(seed: 4)
        for index in records.indices {
            let isLater = records[index].startedAtMicroseconds >= Records.start + 2 * Self.day
            if records[index].project == "p0", isLater { records[index].project = "p1" }
            if records[index].project == "p4", !isLater { records[index].project = "p2" }
        }
        try await fill(folder, records)
        let reader = try LedgerReader(path: folder.ledger)
        let middle = Records.start + 2 * Self.day
        let later = try reader.mergeableReport(ReportQuery(from: middle, to: .max))
        let earlier = try reader.mergeableReport(ReportQuery(from: 0, to: middle))
        let comparison = later.comparison(with: earlier, ReportArrangement(key: .name))
        #expect(comparison.report.rows.map { $0.group[0] } == ["p0", "p1", "p2", "p3", "p4"])
        #expect(comparison.report.rows[0].calls == 0 && comparison.previousRows[0].calls > 0)
        #expect(comparison.report.rows[4].calls > 0 && comparison.previousRows[4].calls == 0)
        #expect(comparison.report.totals == later.report.totals)
        #expect(comparison.previousTotals == earlier.report.totals)
        for (row, previous) in zip(comparison.report.rows, comparison.previousRows) {
            #expect(row.group == previous.group)
            #expect(earlier.report.rows.first { $0.group == row.group }?.calls ?? 0 == previous.calls)
        }
        let top = later.comparison(with: earlier, ReportArrangement(key: .calls, top: 1))
        #expect(top.report.rows.count == 2)
        #expect(top.previousRows.map(\.calls).reduce(0, +) == earlier.report.totals.calls)
        #expect(top.report.json.isEmpty == false && top.json.contains(#""previous":{"calls""#))
    }

    @Test(
        "A range shifted back has the same length in local time",
        arguments: ["UTC", "Europe/Paris", "America/New_York"]
    )
    func shiftedBack(zone: String) throws {
        let timeZone = try #require(TimeZone(reportName: zone))
        func time(_ text: String) throws -> Int64 {
            try #require(TimestampArgument(text)).microseconds(now: 0, timeZone: timeZone)
        }
        // Clocks change on 25 October in Paris, and on 1 November in New York.
        let range = CalendarPeriod.Range(from: try time("2026-10-29"), to: try time("2026-11-05"))
        let before = range.shiftedBack(timeZone: timeZone)
        #expect(before == CalendarPeriod.Range(from: try time("2026-10-22"), to: try time("2026-10-29")))
    }

    @Test("Values that no call has are told with those that calls have")
    func unmatched() async throws {
        let folder = TemporaryFolder()
        var records = Self.records(seed: 5)
        records[0].tags["team"] = "search"
        records[0].model = "gpt-4o-2024-08-06"
        try await fill(folder, records)
        let reader = try LedgerReader(path: folder.ledger)
        var filter = CallFilter()
        filter.require(.project, ["p1", "q*", "p*"])
        filter.exclude(.project, ["p9"])
        filter.require(.model, ["gpt-4o"])
        filter.require(.status, ["429", "500"])
        filter.require(.errorCode, ["rate_limit*"])
        filter.require(.tag("team"), ["searhc"])
        filter.require(.tag("none"), ["x"])
        let found = try reader.unmatchedValues(filter)
        #expect(found.map(\.value) == ["q*", "p9", "500", "searhc", "x"])
        #expect(found[0].known == ["p0", "p1", "p2", "p3", "p4"])
        #expect(found[3].known == ["search"] && found[4].known.isEmpty)
        #expect(try reader.tagNames() == ["team"])
        #expect(try reader.values(of: .status) == ["200", "429"])
    }
}
