package import Foundation
import OpenAIUsage

/// The days and the month of a glance, in its time zone.
package struct GlancePeriods: Sendable, Equatable {
    /// The number of days of the trend, today included.
    package static let trendLength = 14

    /// The time of the glance, in microseconds since 1970.
    package let now: Int64
    /// Today, up to now.
    package let today: CalendarPeriod.Range
    /// This month, up to now.
    package let month: CalendarPeriod.Range
    /// The end of this month, in microseconds since 1970.
    package let monthEnd: Int64
    /// The name of this month, as in `2026-11`.
    package let monthName: String
    /// The days of the trend, as in `2026-11-23`, the oldest first.
    package let trendDays: [String]
    /// The range for which sums by day are needed, up to now: the trend, this month, and two weeks before this month, which show if
    /// calls were recorded before it.
    package let days: CalendarPeriod.Range

    /// The part of ``days`` before this month; calls there were recorded before it.
    package var before: CalendarPeriod.Range {
        CalendarPeriod.Range(from: days.from, to: max(month.from, days.from + 1))
    }

    /// Creates the periods.
    ///
    /// - Parameters:
    ///   - now: The time in microseconds since 1970.
    ///   - timeZone: The time zone of days and months.
    package init(now: Int64, timeZone: TimeZone) {
        let offset = Self.offset(at: now, timeZone)
        let day = (now + offset).flooredQuotient(by: 86_400_000_000)
        let date = CivilDate(daysSince1970: day)
        let whole = CalendarPeriod.month(year: Int(date.year), month: Int(date.month))
        // The end of a period that is not over is now: the whole month is seen from far behind it.
        let later = now.addingReportingOverflow(63 * 86_400_000_000).partialValue
        let empty = CalendarPeriod.Range(from: now, to: now + 1)
        self.now = now
        today = CalendarPeriod.relative(.day, ago: 0).range(now: now, timeZone: timeZone) ?? empty
        month = whole.range(now: now, timeZone: timeZone) ?? empty
        monthEnd = whole.range(now: later, timeZone: timeZone)?.to ?? now + 1
        monthName = whole.description
        trendDays = (0..<Int64(Self.trendLength)).reversed().map { CivilDate(daysSince1970: day - $0).text }
        let back = TimestampArgument.startOfDay(daysAgo: Self.trendLength - 1).microseconds(
            now: now,
            timeZone: timeZone
        )
        let before = TimestampArgument.startOfDay(daysAgo: 14).microseconds(now: month.from, timeZone: timeZone)
        days = CalendarPeriod.Range(from: min(back, before), to: now + 1)
    }

    /// The English name of this month.
    package var monthTitle: String {
        let names = [
            "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
            "November", "December",
        ]
        return monthName.split(separator: "-").last.flatMap { Int($0) }.map { names[($0 - 1) % 12] } ?? monthName
    }

    /// Returns a time as people write it, as in `2026-11-23 09:15`.
    package static func local(_ microseconds: Int64, _ timeZone: TimeZone) -> String {
        let text = TimestampText.utc(microseconds + offset(at: microseconds, timeZone))
        return text.prefix(10) + " " + text.dropFirst(11).prefix(5)
    }

    private static func offset(at time: Int64, _ timeZone: TimeZone) -> Int64 {
        let seconds = Double(time.flooredQuotient(by: 1_000_000))
        return Int64(timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: seconds))) * 1_000_000
    }
}
