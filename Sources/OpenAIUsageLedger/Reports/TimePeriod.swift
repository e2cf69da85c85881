import Foundation
import OpenAIUsage

/// A calendar period in a time zone.
enum TimePeriod: Hashable {
    case hour
    case day
    case week
    case month

    /// Returns the number of the period that contains a local time; numbers grow with time.
    ///
    /// - Parameters:
    ///   - local: The local time in microseconds since 1970.
    ///   - offset: The offset of local time from UTC, in seconds.
    /// - Returns: The number.
    func number(local: Int64, offset: Int64) -> Int64 {
        let day = local.flooredQuotient(by: 86_400_000_000)
        switch self {
        case .hour:
            // When clocks go back, an hour of local time occurs twice, with different offsets. The number is the minute of
            // UTC at which the hour starts.
            return local.flooredQuotient(by: 3_600_000_000) * 60 - offset / 60
        case .day: return day
        case .week: return (day + 3).flooredQuotient(by: 7)
        case .month:
            let date = CivilDate(daysSince1970: day)
            return date.year * 12 + date.month - 1
        }
    }

    /// Returns the name of the period that contains a local time (`2026-11-23T09:00+01:00`, `2026-11-23`, `2026-W48`,
    /// `2026-11`).
    func name(local: Int64, offset: Int64) -> String {
        let day = local.flooredQuotient(by: 86_400_000_000)
        let date = CivilDate(daysSince1970: day)
        switch self {
        case .hour:
            let hour = (local - day * 86_400_000_000) / 3_600_000_000
            let minutes = abs(offset) / 60
            let sign = offset < 0 ? "-" : "+"
            let zone = "\(CivilDate.padded(minutes / 60, 2)):\(CivilDate.padded(minutes % 60, 2))"
            return "\(date.text)T\(CivilDate.padded(hour, 2)):00\(sign)\(zone)"
        case .day: return date.text
        case .week:
            // A week belongs to the year of its Thursday (ISO 8601).
            let thursday = (day + 3).flooredQuotient(by: 7) * 7
            let year = CivilDate(daysSince1970: thursday).year
            let first = CivilDate(year: year, month: 1, day: 1).daysSince1970
            return "\(CivilDate.padded(year, 4))-W\(CivilDate.padded((thursday - first) / 7 + 1, 2))"
        case .month: return "\(CivilDate.padded(date.year, 4))-\(CivilDate.padded(date.month, 2))"
        }
    }
}

/// The offset of a time zone from UTC, cached by quarter of an hour, since no time zone changes it within one.
struct TimeZoneOffset {
    private let timeZone: TimeZone
    private var quarter: Int64 = .min
    private var offset: Int64 = 0

    init(_ timeZone: TimeZone) {
        self.timeZone = timeZone
    }

    /// Returns the offset of local time from UTC in seconds, at a time in microseconds since 1970.
    mutating func seconds(at microseconds: Int64) -> Int64 {
        let current = microseconds.flooredQuotient(by: 900_000_000)
        if current != quarter {
            quarter = current
            offset = Int64(timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(current) * 900)))
        }
        return offset
    }
}
