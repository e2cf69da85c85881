/// A day of the UTC calendar (proleptic Gregorian).
package struct UTCDay: Sendable, Hashable, Comparable, CustomStringConvertible {
    private static let microseconds: Int64 = 86_400_000_000
    private static let daysPerEra = 146_097
    /// The days from 0000-03-01, the start of the 400-year eras, to 1970-01-01.
    private static let epoch = 719_468

    /// The days since 1970-01-01.
    package let number: Int

    /// Creates a day from the number of days since 1970-01-01.
    package init(number: Int) {
        self.number = number
    }

    /// Creates the day that contains a time in microseconds since 1970.
    package init(microseconds: Int64) {
        let (quotient, remainder) = microseconds.quotientAndRemainder(dividingBy: Self.microseconds)
        number = Int(remainder < 0 ? quotient - 1 : quotient)
    }

    /// Creates a day from text such as `2026-11-23`; `nil` for other text and for nonexistent dates.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-") else { return nil }
        func value(_ range: Range<Int>) -> Int? {
            var value = 0
            for byte in bytes[range] {
                guard 0x30...0x39 ~= byte else { return nil }
                value = value * 10 + Int(byte - 0x30)
            }
            return value
        }
        guard let year = value(0..<4), let month = value(5..<7), let day = value(8..<10), year >= 1,
            1...12 ~= month, day >= 1
        else { return nil }
        // Years start in March, so that a leap day is the last day.
        let shiftedYear = month > 2 ? year : year - 1
        let era = shiftedYear / 400
        let yearOfEra = shiftedYear % 400
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        number = era * Self.daysPerEra + dayOfEra - Self.epoch
        guard description == text else { return nil }
    }

    /// The day as `2026-11-23`.
    package var description: String {
        let days = number + Self.epoch
        let era = (days >= 0 ? days : days - Self.daysPerEra + 1) / Self.daysPerEra
        let dayOfEra = days - era * Self.daysPerEra
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        func padded(_ value: Int, _ width: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
        }
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    }

    /// Returns true if the left day is earlier.
    package static func < (left: UTCDay, right: UTCDay) -> Bool { left.number < right.number }
}
