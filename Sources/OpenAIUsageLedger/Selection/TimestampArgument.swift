package import Foundation

/// A point in time as written by a user: `7d` ago, `today`, `2026-11-01`, `2026-11-01T12:00`, with or without an offset.
package enum TimestampArgument: Sendable, Equatable {
    case ago(milliseconds: Int64)
    case startOfDay(daysAgo: Int)
    case local(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int)
    case absolute(microseconds: Int64)

    /// Creates a point in time from its text; `nil` if the text is malformed.
    package init?(_ text: String) {
        switch text {
        case "now": self = .ago(milliseconds: 0)
        case "today": self = .startOfDay(daysAgo: 0)
        case "yesterday": self = .startOfDay(daysAgo: 1)
        default:
            if let span = DurationArgument(text) {
                self = .ago(milliseconds: span.milliseconds)
            } else if let date = Self.date(text) {
                self = date
            } else {
                return nil
            }
        }
    }

    private static func date(_ text: String) -> TimestampArgument? {
        let halves = text.split(maxSplits: 1) { $0 == "T" || $0 == " " }
        guard let day = halves.first, day.utf8.count == 10 else { return nil }
        let numbers = day.split(separator: "-").map { Int($0) }
        guard numbers.count == 3, let year = numbers[0], let month = numbers[1], let dayOfMonth = numbers[2],
            1...12 ~= month, 1...31 ~= dayOfMonth, 1970...9999 ~= year,
            let time = time(halves.count == 2 ? halves[1] : "00:00")
        else { return nil }
        guard exists(year, month, dayOfMonth) else { return nil }
        guard let offset = time.offsetSeconds else {
            guard time.microseconds == 0 else { return nil }
            return .local(
                year: year,
                month: month,
                day: dayOfMonth,
                hour: time.hour,
                minute: time.minute,
                second: time.second
            )
        }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let components = DateComponents(
            year: year,
            month: month,
            day: dayOfMonth,
            hour: time.hour,
            minute: time.minute,
            second: time.second
        )
        guard let date = calendar.date(from: components) else { return nil }
        let seconds = Int64(date.timeIntervalSince1970.rounded()) - Int64(offset)
        return .absolute(microseconds: seconds * 1_000_000 + time.microseconds)
    }

    private static func exists(_ year: Int, _ month: Int, _ day: Int) -> Bool {
        let isLeap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
        let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return day <= lengths[month - 1]
    }

    private struct Clock {
        var hour: Int
        var minute: Int
        var second: Int
        var microseconds: Int64
        var offsetSeconds: Int?
    }

    private static func time(_ text: some StringProtocol) -> Clock? {
        var clock = text[...]
        var offset: Int?
        if clock.hasSuffix("Z") {
            offset = 0
            clock = clock.dropLast()
        } else if let sign = clock.lastIndex(where: { $0 == "+" || $0 == "-" }) {
            let parts = clock[clock.index(after: sign)...].split(separator: ":").map { Int($0) }
            guard parts.count == 2, let hours = parts[0], let minutes = parts[1], 0...14 ~= hours, 0...59 ~= minutes
            else { return nil }
            offset = (hours * 60 + minutes) * (clock[sign] == "-" ? -60 : 60)
            clock = clock[..<sign]
        }
        var microseconds: Int64 = 0
        if let point = clock.firstIndex(of: ".") {
            let digits = clock[clock.index(after: point)...]
            guard 1...6 ~= digits.utf8.count, digits.allSatisfy({ $0.isASCII && $0.isNumber }),
                let fraction = Int64(String(digits) + String(repeating: "0", count: 6 - digits.utf8.count))
            else { return nil }
            microseconds = fraction
            clock = clock[..<point]
        }
        let parts = clock.split(separator: ":").map { Int($0) }
        guard 2...3 ~= parts.count, parts.count == 3 || microseconds == 0, let hour = parts[0], let minute = parts[1],
            let second = parts.count == 3 ? parts[2] : 0,
            0...23 ~= hour, 0...59 ~= minute, 0...59 ~= second
        else { return nil }
        return Clock(hour: hour, minute: minute, second: second, microseconds: microseconds, offsetSeconds: offset)
    }

    /// Returns the microseconds since 1970, with days and local times in a time zone.
    package func microseconds(now: Int64, timeZone: TimeZone) -> Int64 {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = timeZone
        switch self {
        case .ago(let milliseconds):
            // Longer ago than time can be counted is the beginning of time.
            let (microseconds, overflow) = milliseconds.multipliedReportingOverflow(by: 1_000)
            return overflow ? 0 : max(0, now.subtractingReportingOverflow(microseconds).partialValue)
        case .absolute(let microseconds): return microseconds
        case .startOfDay(let daysAgo):
            let today = calendar.startOfDay(for: Date(timeIntervalSince1970: Double(now) / 1_000_000))
            let day = calendar.date(byAdding: .day, value: -daysAgo, to: today) ?? today
            return Int64(day.timeIntervalSince1970.rounded()) * 1_000_000
        case .local(let year, let month, let day, let hour, let minute, let second):
            let components = DateComponents(
                year: year,
                month: month,
                day: day,
                hour: hour,
                minute: minute,
                second: second
            )
            let date = calendar.date(from: components) ?? Date(timeIntervalSince1970: 0)
            return Int64(date.timeIntervalSince1970.rounded()) * 1_000_000
        }
    }
}
