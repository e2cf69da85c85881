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

    /// The time from another one to this one.
    public static func - (left: Timestamp, right: Timestamp) -> Duration {
        .microseconds(left.microsecondsSince1970) - .microseconds(right.microsecondsSince1970)
    }
}
