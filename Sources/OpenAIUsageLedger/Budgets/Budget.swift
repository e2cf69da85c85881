package import Foundation
import OpenAIUsage

/// An amount of money for the calls of each window of the calendar; it is watched, not enforced.
package struct Budget: Sendable, Equatable {
    /// The name, by which metrics and messages call it.
    package var name: String
    /// The amount for a window, in pico-dollars.
    package var amountPicoUSD: Int128
    /// The unit of the calendar that is a window.
    package var unit: CalendarPeriod.Unit
    /// The time zone of the calendar.
    package var timeZone: TimeZone
    /// The calls that count.
    package var filter: CallFilter
    /// The percentages of the amount at which a message is sent, in ascending order.
    package var thresholds: [Int]

    package init(
        name: String,
        amountPicoUSD: Int128,
        unit: CalendarPeriod.Unit,
        timeZone: TimeZone = .gmt,
        filter: CallFilter = CallFilter(),
        thresholds: [Int] = [50, 80, 100]
    ) {
        self.name = name
        self.amountPicoUSD = amountPicoUSD
        self.unit = unit
        self.timeZone = timeZone
        self.filter = filter
        self.thresholds = thresholds
    }

    /// Returns the window that contains a time in microseconds since 1970.
    package func window(at now: Int64) -> CalendarPeriod.Range {
        CalendarPeriod.whole(unit, at: now, timeZone: timeZone)
    }
}

/// The state of a budget in a window.
package struct BudgetStatus: Sendable, Equatable {
    /// The budget.
    package var budget: Budget
    /// The window.
    package var window: CalendarPeriod.Range
    /// The number of calls.
    package var calls: Int64
    /// The known cost, in pico-dollars; 0 without calls.
    package var spentPicoUSD: Int128
    /// The calls whose cost is unknown, at least in part.
    package var unknownCalls: Int64
    /// The time of the state, in microseconds since 1970.
    package var time: Int64
    /// The time from which calls can be expected: the start of the window, or the first day with calls if none are known from
    /// before it.
    package var since: Int64

    /// Creates the state.
    ///
    /// - Parameters:
    ///   - budget: The budget.
    ///   - window: The window.
    ///   - totals: The sums of the window's calls.
    ///   - days: The days with calls, in the budget's zone, from some time before the window on, as in `2026-11-23`.
    ///   - time: The time of the state.
    package init(
        budget: Budget,
        window: CalendarPeriod.Range,
        totals: ReportRow,
        days: [String] = [],
        time: Int64
    ) {
        self.budget = budget
        self.window = window
        since = window.from
        calls = totals.calls
        spentPicoUSD = max(0, totals.costPicoUSD ?? 0)
        unknownCalls = totals.unpricedCalls + totals.callsWithoutUsage
        self.time = time
        if let first = days.min(), first > windowName,
            case .local(let year, let month, let day, _, _, _)? = TimestampArgument(first)
        {
            let start = TimestampArgument.local(year: year, month: month, day: day, hour: 0, minute: 0, second: 0)
            since = max(window.from, start.microseconds(now: time, timeZone: budget.timeZone))
        }
    }

    /// How long before a window calls are looked for, in microseconds.
    package static let lookBack: Int64 = 14 * 86_400_000_000

    /// The cost at the end of the window at the rate so far, in pico-dollars, as ``MonthProjection`` has it; `nil` before a day,
    /// or a 28th of a shorter window, has passed.
    package var forecastPicoUSD: Int128? {
        let now = min(time, window.to)
        let least = min(MonthProjection.leastElapsed, (window.to - window.from) / 28)
        guard calls > 0 || spentPicoUSD > 0 else { return now - since >= least ? 0 : nil }
        return MonthProjection(
            cost: spentPicoUSD,
            calls: max(1, calls),
            since: since,
            now: now,
            end: window.to,
            leastElapsed: least
        ).picoUSD
    }

    /// The spent share of the amount in whole percent, rounded down; `nil` if nothing is allowed and nothing spent.
    package var percent: Int? {
        guard budget.amountPicoUSD > 0 else { return spentPicoUSD > 0 ? .max : nil }
        return Int(clamping: spentPicoUSD * 100 / budget.amountPicoUSD)
    }

    /// True if more than the amount is spent.
    package var isOver: Bool { spentPicoUSD > budget.amountPicoUSD }

    /// The highest threshold that is reached; `nil` if none is.
    package var reachedThreshold: Int? {
        budget.thresholds.last { spentPicoUSD * 100 >= budget.amountPicoUSD * Int128($0) && spentPicoUSD > 0 }
    }

    /// The first day of the window in the budget's time zone, as `2026-11-01`.
    package var windowName: String {
        let start = Date(timeIntervalSince1970: Double(window.from) / 1e6)
        let offset = Int64(budget.timeZone.secondsFromGMT(for: start)) * 1_000_000
        return String(TimestampText.utc(window.from + offset).prefix(10))
    }
}

extension LedgerReader {
    /// Returns the states of budgets.
    ///
    /// - Parameters:
    ///   - budgets: The budgets.
    ///   - now: The time in microseconds since 1970.
    /// - Returns: The states in the order of the budgets.
    /// - Throws: A ``LedgerError``.
    package func status(of budgets: [Budget], now: Int64) throws -> [BudgetStatus] {
        try budgets.map { budget in
            let window = budget.window(at: now)
            let query = ReportQuery(
                from: window.from,
                to: min(window.to, now + 1),
                timeZone: budget.timeZone,
                groupBy: [],
                filter: budget.filter
            )
            var recent = query
            recent.fromMicroseconds = window.from - BudgetStatus.lookBack
            recent.groupBy = [.day]
            let days = try report(recent).rows.compactMap { $0.group.first ?? nil }
            return BudgetStatus(budget: budget, window: window, totals: try report(query).totals, days: days, time: now)
        }
    }
}
