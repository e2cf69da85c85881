import Foundation
import OpenAIUsageLedger
import Testing

@testable import oai_usage

struct GlanceTests {
    private static let day: Int64 = 86_400_000_000
    /// 2026-11-29T22:30:00Z.
    private static let now: Int64 = 1_795_991_400_000_000

    private static func row(_ name: String?, _ cost: Int128?, calls: Int64 = 1, unpriced: Int64 = 0) -> ReportRow {
        var row = Report.empty(ReportQuery(from: 0, to: 0)).totals
        (row.group, row.costPicoUSD, row.calls, row.unpricedCalls) = ([name], cost, calls, unpriced)
        return row
    }

    @Test
    func `Days and months are those of the time zone`() throws {
        let utc = GlancePeriods(now: Self.now, timeZone: .gmt)
        #expect(utc.trendDays.first == "2026-11-16")
        #expect(utc.trendDays.last == "2026-11-29")
        #expect(utc.monthName == "2026-11")
        #expect(utc.monthTitle == "November")
        #expect(utc.monthEnd - utc.month.from == 30 * Self.day)
        #expect(utc.days.from <= utc.month.from - 14 * Self.day)
        let tokyo = GlancePeriods(now: Self.now, timeZone: try #require(TimeZone(identifier: "Asia/Tokyo")))
        #expect(tokyo.trendDays.last == "2026-11-30")
        #expect(tokyo.today.from - utc.today.from == 15 * 3_600_000_000)
    }

    @Test
    func `A month with a change of clocks has the hours that it has`() throws {
        let paris = GlancePeriods(
            now: Self.now - 30 * Self.day,
            timeZone: try #require(TimeZone(identifier: "Europe/Paris"))
        )
        #expect(paris.monthName == "2026-10")
        #expect(paris.monthEnd - paris.month.from == 31 * Self.day + 3_600_000_000)
    }

    @Test
    func `A projection goes on at the rate so far`() {
        let half = MonthProjection(cost: 100, calls: 1, since: 0, now: 15 * Self.day, end: 30 * Self.day)
        #expect(half.picoUSD == 200)
        let over = MonthProjection(cost: 100, calls: 1, since: 0, now: 30 * Self.day, end: 30 * Self.day)
        #expect(over.picoUSD == 100)
    }

    @Test
    func `There is no projection without anything to project`() {
        func result(_ cost: Int128?, _ calls: Int64, now: Int64) -> MonthProjection.Result {
            MonthProjection(cost: cost, calls: calls, since: 0, now: now, end: 30 * Self.day).result
        }
        #expect(result(100, 1, now: Self.day - 1) == .tooEarly)
        #expect(result(100, 1, now: Self.day) == .projected)
        #expect(result(nil, 1, now: 2 * Self.day) == .unknownCost)
        #expect(result(0, 0, now: 2 * Self.day) == .noCalls)
        #expect(MonthProjection(cost: .max, calls: 1, since: 0, now: Self.day, end: 30 * Self.day).picoUSD == nil)
    }

    @Test
    func `A ledger that began within the month is projected from its first day`() {
        let periods = GlancePeriods(now: Self.now, timeZone: .gmt)
        #expect(
            Glance.recordedSince(["2026-11-20", "2026-11-29"], periods, .gmt) == periods.month.from + 19 * Self.day
        )
        #expect(Glance.recordedSince(["2026-10-28", "2026-11-20"], periods, .gmt) == periods.month.from)
        #expect(Glance.recordedSince([], periods, .gmt) == periods.month.from)
    }

    @Test
    func `Others make the rows of a section whole`() {
        let rows = (1...8).map { Self.row("p\($0)", Int128(100 - $0), calls: 2) }
        let section = GlanceSection(title: "projects", rows: rows, limit: 5)
        #expect(section.rows.count == 6)
        #expect(section.rows.last?.name == "(3 others)")
        #expect(section.rows.compactMap(\.cost).reduce(0, +) == section.total)
        #expect(section.rows.reduce(0) { $0 + $1.calls } == 16)
    }

    @Test
    func `A single other group has its own row`() {
        let rows = (1...6).map { Self.row("p\($0)", Int128(100 - $0), calls: 2) }
        let section = GlanceSection(title: "projects", rows: rows, limit: 5)
        #expect(section.rows.map(\.name) == ["p1", "p2", "p3", "p4", "p5", "p6"])
    }

    @Test
    func `What has no price is not free`() {
        let rows = [Self.row("a", nil, unpriced: 1), Self.row("b", 0, unpriced: 1), Self.row("c", 0)]
        let section = GlanceSection(title: "models", rows: rows, limit: 5)
        #expect(section.rows.map(\.cost) == [nil, nil, 0])
        #expect(section.rows[0].reason == "unpriced")
        let text = section.lines(50, isColored: false).joined(separator: "\n")
        #expect(text.split(separator: "\n").filter { $0.contains("$0.00") }.count == 1)
    }

    @Test
    func `A cost that leaves calls out is a lower bound, alone and in the sum of others`() {
        let rows = [Self.row("a", 100, unpriced: 1)] + (1...7).map { Self.row("p\($0)", 90, unpriced: $0 == 7 ? 1 : 0) }
        let section = GlanceSection(title: "models", rows: rows, limit: 3)
        #expect(section.rows.map(\.isPartial) == [true, false, false, true])
        let lines = section.lines(60, isColored: true)
        #expect(lines.map { $0.contains("≥") } == [false, true, false, false, true])
        #expect(lines[1].hasPrefix("\u{1b}[33m") && !lines[2].contains("\u{1b}"))
    }

    @Test(arguments: [30, 44, 60, 120])
    func `A section fits its width`(width: Int) {
        let rows = [Self.row(String(repeating: "日本語", count: 40), 1), Self.row("short", 12_000_000_000_000)]
        let lines = GlanceSection(title: "projects", rows: rows, limit: 5).lines(width, isColored: false)
        #expect(lines.allSatisfy { DisplayWidth.of($0) <= width })
    }
}
