/// A point in time, in microseconds since 1970-01-01T00:00:00Z.
public struct Timestamp: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The microseconds since 1970-01-01T00:00:00Z; negative before.
    public var microsecondsSince1970: Int64

    /// Creates a point in time.
    public init(microsecondsSince1970: Int64) {
        self.microsecondsSince1970 = microsecondsSince1970
    }

    /// The time in UTC as RFC 3339 writes it (`2026-11-23T09:15:01.123456Z`).
    public var description: String { TimestampText.utc(microsecondsSince1970) }

    /// True if the left time is earlier.
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.microsecondsSince1970 < right.microsecondsSince1970
    }

    /// The earliest time, for a range without a start.
    public static let distantPast = Timestamp(microsecondsSince1970: .min)
    /// The latest time, for a range without an end.
    public static let distantFuture = Timestamp(microsecondsSince1970: .max)

    /// The time after a duration, in whole microseconds; the latest or the earliest time where that is out of range.
    public static func + (left: Timestamp, right: Duration) -> Timestamp {
        let (seconds, attoseconds) = right.components
        let microseconds = Int128(seconds) * 1_000_000 + Int128(attoseconds / 1_000_000_000_000)
        return Timestamp(microsecondsSince1970: Int64(clamping: Int128(left.microsecondsSince1970) + microseconds))
    }

    /// The time before by a duration, as with ``+(_:_:)``.
    public static func - (left: Timestamp, right: Duration) -> Timestamp {
        let (seconds, attoseconds) = right.components
        let microseconds = Int128(seconds) * 1_000_000 + Int128(attoseconds / 1_000_000_000_000)
        return Timestamp(microsecondsSince1970: Int64(clamping: Int128(left.microsecondsSince1970) - microseconds))
    }

    /// The time from another one to this one.
    public static func - (left: Timestamp, right: Timestamp) -> Duration {
        .microseconds(left.microsecondsSince1970) - .microseconds(right.microsecondsSince1970)
    }
}

/// Times as text (RFC 3339, UTC).
package enum TimestampText {
    /// A time in microseconds since 1970 as `2026-11-23T09:15:01.123456Z`; the short form has no fraction of zero.
    package static func utc(_ microseconds: Int64, isShort: Bool = false) -> String {
        let days = microseconds.flooredQuotient(by: 86_400_000_000)
        // The start of the first day of all is before the first time.
        let rest = microseconds &- days &* 86_400_000_000
        let seconds = rest / 1_000_000
        let fraction = rest % 1_000_000
        let text = "\(CivilDate(daysSince1970: days).text)T\(clock(seconds))"
        return isShort && fraction == 0 ? "\(text)Z" : "\(text).\(CivilDate.padded(fraction, 6))Z"
    }

    /// The seconds of a day as `09:15:01`.
    package static func clock(_ seconds: Int64) -> String {
        let parts = [seconds / 3_600, seconds / 60 % 60, seconds % 60]
        return parts.map { CivilDate.padded($0, 2) }.joined(separator: ":")
    }
}

extension Int64 {
    /// The quotient, rounded toward negative infinity.
    package func flooredQuotient(by divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder != 0 && (remainder < 0) != (divisor < 0) ? quotient - 1 : quotient
    }
}
