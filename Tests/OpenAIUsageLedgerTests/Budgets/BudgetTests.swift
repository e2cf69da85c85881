import Foundation
import OpenAIUsage
import OpenAIUsageLedger
import OpenAIUsageTestSupport
import Testing

@Suite("Budgets")
struct BudgetTests {
    private static func time(_ text: String) throws -> Int64 {
        let date = try #require(ISO8601DateFormatter().date(from: text))
        return Int64(date.timeIntervalSince1970) * 1_000_000
    }

    @Test(
        "A window is a whole unit of the calendar in the budget's zone",
        arguments: [
            (.day, "UTC", "2026-11-30T10:00:00Z", "2026-11-30T00:00:00Z", "2026-12-01T00:00:00Z", "2026-11-30"),
            (
                .day, "Europe/Berlin", "2026-10-25T10:00:00Z", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z",
                "2026-10-25"
            ),
            (.week, "UTC", "2026-11-29T23:59:59Z", "2026-11-23T00:00:00Z", "2026-11-30T00:00:00Z", "2026-11-23"),
            (
                .month, "Asia/Kathmandu", "2026-11-30T20:00:00Z", "2026-11-30T18:15:00Z", "2026-12-31T18:15:00Z",
                "2026-12-01"
            ),
            (.quarter, "UTC", "2026-11-30T10:00:00Z", "2026-10-01T00:00:00Z", "2027-01-01T00:00:00Z", "2026-10-01"),
            (.year, "UTC", "2026-11-30T10:00:00Z", "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z", "2026-01-01"),
        ] as [(CalendarPeriod.Unit, String, String, String, String, String)]
    )
    func window(
        _ unit: CalendarPeriod.Unit,
        _ zone: String,
        _ now: String,
        _ start: String,
        _ end: String,
        _ name: String
    ) throws {
        let timeZone = try #require(TimeZone(identifier: zone))
        let budget = Budget(name: "a", amountPicoUSD: 1, unit: unit, timeZone: timeZone)
        let window = try budget.window(at: Self.time(now))
        #expect(try window.from == Self.time(start) && window.to == Self.time(end))
        let status = try BudgetStatus(budget: budget, window: window, totals: ReportRow(), time: Self.time(now))
        #expect(status.windowName == name)
    }

    private func status(spent: Int128, amount: Int128, share: Double) -> BudgetStatus {
        let budget = Budget(name: "a", amountPicoUSD: amount, unit: .day)
        let window = budget.window(at: Records.start)
        var totals = ReportRow()
        totals.costPicoUSD = spent
        let time = window.from + Int64(Double(window.to - window.from) * share)
        return BudgetStatus(budget: budget, window: window, totals: totals, time: time)
    }

    @Test("A month's forecast is the projection of a glance, also where calls began within the month")
    func projection() throws {
        let budget = Budget(name: "a", amountPicoUSD: 1_000, unit: .month)
        let (now, first) = (try Self.time("2026-11-17T12:00:00Z"), try Self.time("2026-11-15T00:00:00Z"))
        let window = budget.window(at: now)
        var totals = ReportRow()
        totals.calls = 3
        totals.costPicoUSD = 2_500
        func forecast(_ days: [String]) -> Int128? {
            BudgetStatus(budget: budget, window: window, totals: totals, days: days, time: now).forecastPicoUSD
        }
        let projected = MonthProjection(cost: 2_500, calls: 3, since: first, now: now, end: window.to)
        #expect(forecast(["2026-11-16", "2026-11-15"]) == projected.picoUSD && projected.picoUSD == 16_000)
        #expect(forecast(["2026-10-31", "2026-11-15"]) == 4_545)
        #expect(forecast(["2026-11-17"]) == nil)
    }

    @Test("The forecast is that of the pace so far, once a 28th of the window has passed")
    func forecast() {
        #expect(status(spent: 100, amount: 1_000, share: 0.25).forecastPicoUSD == 400)
        #expect(status(spent: 100, amount: 1_000, share: 0.01).forecastPicoUSD == nil)
        #expect(status(spent: 100, amount: 1_000, share: 0).forecastPicoUSD == nil)
        #expect(status(spent: 0, amount: 1_000, share: 0.5).forecastPicoUSD == 0)
    }

    @Test(
        "A threshold is reached at its exact amount",
        arguments: [(499, nil), (500, 50), (799, 50), (800, 80), (1_000, 100), (5_000, 100), (0, nil)]
            as [(Int128, Int?)]
    )
    func thresholds(_ spent: Int128, _ expected: Int?) {
        let status = status(spent: spent, amount: 1_000, share: 0.5)
        #expect(status.reachedThreshold == expected)
        #expect(status.isOver == (spent > 1_000))
        #expect(status.percent == Int(spent / 10))
    }

    @Test("What is spent is what a report of the window and the filter says; notes outlive the writer")
    func ledger() async throws {
        let folder = TemporaryFolder()
        let ledger = try Ledger(path: folder.ledger)
        for number in 0..<10 {
            ledger.record(Records.plain(number, project: number < 4 ? "search" : "web"))
        }
        await ledger.flush()
        var filter = CallFilter()
        filter.require(.project, ["search"])
        let budgets = [
            Budget(name: "all", amountPicoUSD: 20_000_000, unit: .day),
            Budget(name: "search", amountPicoUSD: 1_000_000, unit: .day, filter: filter),
        ]
        let reader = try LedgerReader(path: folder.ledger)
        let found = try reader.status(of: budgets, now: Records.start + 60_000_000)
        #expect(found.map(\.spentPicoUSD) == [10_000_000, 4_000_000])
        #expect(found.map(\.calls) == [10, 4] && found.map(\.isOver) == [false, true])
        let later = try reader.status(of: budgets, now: Records.start + 86_400_000_000)
        #expect(later.map(\.spentPicoUSD) == [0, 0])
        #expect(try reader.note(named: "x") == nil)
        try await ledger.setNote("2026-11-30 80", named: "x")
        try await ledger.setNote("y", named: "y")
        try await ledger.setNote(nil, named: "y")
        await ledger.close()
        let again = try LedgerReader(path: folder.ledger)
        #expect(try again.note(named: "x") == "2026-11-30 80" && again.note(named: "y") == nil)
    }
}
