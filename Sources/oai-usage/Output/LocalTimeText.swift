import Foundation
import OpenAIUsage
import OpenAIUsageLedger

/// Times as people read them, in a time zone.
struct LocalTimeText {
    private let timeZone: TimeZone
    private let isShort: Bool

    /// Creates the texts of a time zone.
    ///
    /// - Parameters:
    ///   - timeZone: The time zone.
    ///   - isShort: True for columns without the year and without milliseconds.
    init(_ timeZone: TimeZone, isShort: Bool = false) {
        self.timeZone = timeZone
        self.isShort = isShort
    }

    /// Returns a time for a column of a table: with milliseconds, or shortened.
    func column(_ time: Int64) -> String {
        isShort ? String(text(time).dropFirst("2026-".utf8.count)) : text(time, .milliseconds)
    }

    /// The parts of a time that are shown.
    enum Precision {
        case minutes, seconds, milliseconds
    }

    /// Returns a time such as `2026-11-29 14:05:09`; the offset of the zone is not shown.
    ///
    /// - Parameters:
    ///   - time: The time in microseconds since 1970.
    ///   - precision: The last part; smaller ones are cut off.
    /// - Returns: The time.
    func text(_ time: Int64, _ precision: Precision = .seconds) -> String {
        let local = local(time)
        let day = local.flooredQuotient(by: Self.day)
        let rest = local - day * Self.day
        let date = CivilDate(daysSince1970: day)
        var text = "\(Self.padded(date.year, 4))-\(Self.padded(date.month))-\(Self.padded(date.day))"
        let minutes = rest / 60_000_000
        text += " \(Self.padded(minutes / 60)):\(Self.padded(minutes % 60))"
        if precision != .minutes { text += ":\(Self.padded(rest / 1_000_000 % 60))" }
        if precision == .milliseconds { text += ".\(Self.padded(rest / 1_000 % 1_000, 3))" }
        return text
    }

    /// Returns the time of day, such as `14:05:09`.
    func clock(_ time: Int64) -> String { String(text(time).suffix("14:05:09".utf8.count)) }

    /// The name of the zone, or its offset at a time where the name does not fit a number of cells.
    func zone(at time: Int64, width: Int) -> String {
        let name = timeZone.reportName
        guard name.utf8.count > width else { return name }
        let minutes = (local(time) - time) / 60_000_000
        return "\(minutes < 0 ? "-" : "+")\(Self.padded(abs(minutes) / 60)):\(Self.padded(abs(minutes) % 60))"
    }

    /// Returns a range for a heading: `2026-11-01 to 2026-11-30` for whole days, the last one included, else with times.
    func range(from: Int64, to: Int64) -> String {
        // A range that ends now ends a microsecond later.
        let (first, last) = (local(from), local(to))
        if first % Self.day == 0, last % Self.day == 0, last > first {
            let (start, end) = (date(from), date(to - 1))
            return start == end ? start : "\(start) to \(end)"
        }
        let isWhole = first % 60_000_000 == 0 && last % 60_000_000 <= 1
        let precision: Precision = isWhole ? .minutes : .seconds
        return "\(text(from, precision)) to \(text(to, precision))"
    }

    /// Returns the day of a time.
    func date(_ time: Int64) -> String { String(text(time, .minutes).prefix { $0 != " " }) }

    private static let day: Int64 = 86_400_000_000

    private func local(_ time: Int64) -> Int64 {
        let seconds = Double(time.flooredQuotient(by: 1_000_000))
        return time + Int64(timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: seconds))) * 1_000_000
    }

    private static func padded(_ value: Int64, _ width: Int = 2) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }
}
