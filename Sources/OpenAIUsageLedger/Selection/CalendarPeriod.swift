package import Foundation
import OpenAIUsage

/// A period of the calendar as a user writes it: `today`, `last-month`, `2026-10`, `2026-W48`.
package enum CalendarPeriod: Sendable, Hashable, CustomStringConvertible {
    /// A range of time in microseconds since 1970; the end is exclusive.
    package struct Range: Sendable, Equatable {
        package var from: Int64
        package var to: Int64

        package init(from: Int64, to: Int64) {
            self.from = from
            self.to = to
        }

        /// Returns the range of the same length before this one, in local time: seven days are seven days though the clocks change.
        package func shiftedBack(timeZone: TimeZone) -> Range {
            let start = from + CalendarPeriod.offset(at: from, timeZone)
            let length = to + CalendarPeriod.offset(at: to, timeZone) - start
            let day = (start - length).flooredQuotient(by: CalendarPeriod.day)
            let timeOfDay = start - length - day * CalendarPeriod.day
            return Range(from: CalendarPeriod.instant(day, timeZone, timeOfDay: timeOfDay), to: from)
        }
    }

    /// A unit of the calendar; weeks begin on Monday (ISO 8601).
    package enum Unit: String, Sendable, CaseIterable {
        case day, week, month, quarter, year
    }

    /// The unit in which now lies, up to now (0), or an earlier one as a whole.
    case relative(Unit, ago: Int)
    /// A month.
    case month(year: Int, month: Int)
    /// A week of ISO 8601.
    case week(year: Int, week: Int)
    /// A quarter of a year, from 1.
    case quarter(year: Int, quarter: Int)
    /// A day.
    case day(year: Int, month: Int, day: Int)
    /// A year.
    case year(Int)
    /// All time.
    case all

    /// True for a period with a name, false for one written in numbers.
    package var isNamed: Bool {
        switch self {
        case .relative, .all: true
        case .month, .week, .quarter, .day, .year: false
        }
    }

    /// The names of the periods, for help and errors.
    package static let names = [
        "today", "yesterday", "this-week", "last-week", "this-month", "last-month", "this-quarter", "last-quarter",
        "this-year", "last-year", "wtd", "mtd", "qtd", "ytd", "all",
    ]

    /// Creates a period from text; `nil` for invalid text.
    package init?(_ text: String) {
        switch text {
        case "today": self = .relative(.day, ago: 0)
        case "yesterday": self = .relative(.day, ago: 1)
        case "this-week", "wtd": self = .relative(.week, ago: 0)
        case "last-week": self = .relative(.week, ago: 1)
        case "this-month", "mtd": self = .relative(.month, ago: 0)
        case "last-month": self = .relative(.month, ago: 1)
        case "this-quarter", "qtd": self = .relative(.quarter, ago: 0)
        case "last-quarter": self = .relative(.quarter, ago: 1)
        case "this-year", "ytd": self = .relative(.year, ago: 0)
        case "last-year": self = .relative(.year, ago: 1)
        case "all": self = .all
        default:
            func number(_ text: Substring, _ range: ClosedRange<Int>) -> Int? {
                guard !text.isEmpty, text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) else { return nil }
                return Int(text).flatMap { range.contains($0) ? $0 : nil }
            }
            let parts = text.split(separator: "-", omittingEmptySubsequences: false)
            guard let first = parts.first, first.utf8.count == 4, let year = number(first, 2000...2999) else {
                return nil
            }
            switch parts.count {
            case 1: self = .year(year)
            case 2 where parts[1].hasPrefix("W") && parts[1].utf8.count == 3:
                guard let week = number(parts[1].dropFirst(), 1...53),
                    week < 53 || Self.hasWeek53(year)
                else { return nil }
                self = .week(year: year, week: week)
            case 2 where parts[1].hasPrefix("Q"):
                guard let quarter = number(parts[1].dropFirst(), 1...4), parts[1].utf8.count == 2 else { return nil }
                self = .quarter(year: year, quarter: quarter)
            case 3 where parts[1].utf8.count == 2 && parts[2].utf8.count == 2:
                guard let month = number(parts[1], 1...12), let day = number(parts[2], 1...31) else { return nil }
                let date = CivilDate(year: Int64(year), month: Int64(month), day: Int64(day))
                // A day that the month does not have is one of the next.
                guard CivilDate(daysSince1970: date.daysSince1970).day == date.day else { return nil }
                self = .day(year: year, month: month, day: day)
            case 2 where parts[1].utf8.count == 2:
                guard let month = number(parts[1], 1...12) else { return nil }
                self = .month(year: year, month: month)
            default: return nil
            }
        }
    }

    /// The name of the period.
    package var description: String {
        switch self {
        case .relative(let unit, let ago):
            switch (unit, ago) {
            case (.day, 0): "today"
            case (.day, 1): "yesterday"
            case (_, 0): "this-\(unit.rawValue)"
            default: "last-\(unit.rawValue)"
            }
        case .month(let year, let month): "\(year)-\(Self.padded(month))"
        case .week(let year, let week): "\(year)-W\(Self.padded(week))"
        case .quarter(let year, let quarter): "\(year)-Q\(quarter)"
        case .day(let year, let month, let day): "\(year)-\(Self.padded(month))-\(Self.padded(day))"
        case .year(let year): "\(year)"
        case .all: "all"
        }
    }

    private static func padded(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }

    /// Returns the range of the period; one that is not over ends now.
    ///
    /// - Parameters:
    ///   - now: The time in microseconds since 1970.
    ///   - timeZone: The time zone of the calendar.
    /// - Returns: The range; `nil` if the period lies in the future, or is all time.
    package func range(now: Int64, timeZone: TimeZone) -> Range? {
        if self == .all { return nil }
        let (start, unit) = start(now: now, timeZone)
        let from = Self.instant(start, timeZone)
        guard from <= now else { return nil }
        let to = Self.instant(Self.adding(1, unit, to: start), timeZone)
        return Range(from: from, to: min(to, now + 1))
    }

    /// Returns the whole unit of the calendar that contains a time.
    ///
    /// - Parameters:
    ///   - unit: The unit.
    ///   - time: The time in microseconds since 1970.
    ///   - timeZone: The time zone of the calendar.
    /// - Returns: The range.
    package static func whole(_ unit: Unit, at time: Int64, timeZone: TimeZone) -> Range {
        let (start, _) = CalendarPeriod.relative(unit, ago: 0).start(now: time, timeZone)
        return Range(from: instant(start, timeZone), to: instant(adding(1, unit, to: start), timeZone))
    }

    /// Returns the period before, to compare with.
    ///
    /// A period that is over is compared with the whole one before it. One that is not is compared with the same stretch of
    /// the one before: from its start, through as many days, to the same time of day. A stretch that the one before does
    /// not have, such as the 31st, ends with it.
    package func previous(now: Int64, timeZone: TimeZone) -> Range? {
        if self == .all { return nil }
        let (start, unit) = start(now: now, timeZone)
        let before = Self.adding(-1, unit, to: start)
        let from = Self.instant(before, timeZone)
        let end = Self.instant(start, timeZone)
        guard end <= now else { return nil }
        let to = Self.instant(Self.adding(1, unit, to: start), timeZone)
        if to <= now + 1 { return Range(from: from, to: end) }
        let local = now + Self.offset(at: now, timeZone)
        let today = local.flooredQuotient(by: Self.day)
        let sameDay = before + (today - start)
        let same = Self.instant(sameDay, timeZone, timeOfDay: local - today * Self.day)
        return Range(from: from, to: min(same + 1, end))
    }

    // MARK: - Days

    fileprivate static let day: Int64 = 86_400_000_000

    /// The first day of the period in days since 1970, and its unit.
    private func start(now: Int64, _ timeZone: TimeZone) -> (day: Int64, unit: Unit) {
        switch self {
        case .relative(let unit, let ago):
            let today = (now + Self.offset(at: now, timeZone)).flooredQuotient(by: Self.day)
            let date = CivilDate(daysSince1970: today)
            let start: Int64 =
                switch unit {
                case .day: today
                // 1970-01-01 was a Thursday.
                case .week: (today + 3).flooredQuotient(by: 7) * 7 - 3
                case .month: CivilDate(year: date.year, month: date.month, day: 1).daysSince1970
                case .quarter: CivilDate(year: date.year, month: (date.month - 1) / 3 * 3 + 1, day: 1).daysSince1970
                case .year: CivilDate(year: date.year, month: 1, day: 1).daysSince1970
                }
            return (Self.adding(-Int64(ago), unit, to: start), unit)
        case .month(let year, let month):
            return (CivilDate(year: Int64(year), month: Int64(month), day: 1).daysSince1970, .month)
        case .week(let year, let week):
            // Week 1 has the year's first Thursday.
            let fourth = CivilDate(year: Int64(year), month: 1, day: 4).daysSince1970
            return ((fourth + 3).flooredQuotient(by: 7) * 7 - 3 + Int64(week - 1) * 7, .week)
        case .quarter(let year, let quarter):
            return (CivilDate(year: Int64(year), month: Int64(quarter * 3 - 2), day: 1).daysSince1970, .quarter)
        case .day(let year, let month, let day):
            return (CivilDate(year: Int64(year), month: Int64(month), day: Int64(day)).daysSince1970, .day)
        case .year(let year): return (CivilDate(year: Int64(year), month: 1, day: 1).daysSince1970, .year)
        case .all: return (0, .year)
        }
    }

    private static func adding(_ count: Int64, _ unit: Unit, to start: Int64) -> Int64 {
        let months: Int64
        switch unit {
        case .day: return start + count
        case .week: return start + count * 7
        case .month: months = 1
        case .quarter: months = 3
        case .year: months = 12
        }
        let date = CivilDate(daysSince1970: start)
        let month = date.year * 12 + date.month - 1 + count * months
        let year = month.flooredQuotient(by: 12)
        return CivilDate(year: year, month: month - year * 12 + 1, day: 1).daysSince1970
    }

    private static func hasWeek53(_ year: Int) -> Bool {
        let first = CivilDate(year: Int64(year), month: 1, day: 1).daysSince1970
        let last = CivilDate(year: Int64(year), month: 12, day: 31).daysSince1970
        func isThursday(_ day: Int64) -> Bool { (day + 3) - (day + 3).flooredQuotient(by: 7) * 7 == 3 }
        return isThursday(first) || isThursday(last)
    }

    /// The microseconds by which local time is ahead of UTC.
    fileprivate static func offset(at time: Int64, _ timeZone: TimeZone) -> Int64 {
        let seconds = Double(time.flooredQuotient(by: 1_000_000))
        return Int64(timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: seconds))) * 1_000_000
    }

    /// The instant of a local time; one that the clock skips is the first instant after the gap, one that comes twice the first.
    fileprivate static func instant(_ day: Int64, _ timeZone: TimeZone, timeOfDay: Int64 = 0) -> Int64 {
        let local = day * Self.day + timeOfDay
        let candidates = [-Self.day, 0, Self.day].map { local - offset(at: local + $0, timeZone) }
        let matching = candidates.filter { $0 + offset(at: $0, timeZone) == local }
        if let first = matching.min() { return first }
        // In a gap the offset before it leads behind it.
        var (low, high) = ((candidates.min() ?? local), (candidates.max() ?? local))
        while high - low > 1_000_000 {
            let middle = low + (high - low) / 2
            if middle + offset(at: middle, timeZone) < local { low = middle } else { high = middle }
        }
        return high.flooredQuotient(by: 1_000_000) * 1_000_000
    }
}
