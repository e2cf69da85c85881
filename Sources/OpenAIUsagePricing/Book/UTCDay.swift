import OpenAIUsage

/// A day of the UTC calendar (proleptic Gregorian).
package struct UTCDay: Sendable, Hashable, Comparable, CustomStringConvertible {
    private static let microseconds: Int64 = 86_400_000_000

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
        number = Int(CivilDate(year: Int64(year), month: Int64(month), day: Int64(day)).daysSince1970)
        guard description == text else { return nil }
    }

    /// The day as `2026-11-23`.
    package var description: String { CivilDate(daysSince1970: Int64(number)).text }

    /// Returns true if the left day is earlier.
    package static func < (left: UTCDay, right: UTCDay) -> Bool { left.number < right.number }
}
