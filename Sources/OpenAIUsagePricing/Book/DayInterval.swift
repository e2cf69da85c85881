/// The days between which a price holds; both belong to it, and `nil` is open.
package struct DayInterval: Sendable, Hashable, CustomStringConvertible {
    /// The first day.
    package var first: UTCDay?
    /// The last day.
    package var last: UTCDay?

    /// Creates an interval, open at both ends unless told otherwise.
    package init(first: UTCDay? = nil, last: UTCDay? = nil) {
        self.first = first
        self.last = last
    }

    /// Whether a day belongs to the interval.
    package func contains(_ day: UTCDay) -> Bool {
        if let first, day < first { return false }
        if let last, last < day { return false }
        return true
    }

    /// Whether the intervals share a day.
    package func overlaps(_ other: DayInterval) -> Bool {
        if let last, let first = other.first, last < first { return false }
        if let last = other.last, let first, last < first { return false }
        return true
    }

    /// Whether there is no day between the ends.
    package var isReversed: Bool {
        if let first, let last { return last < first }
        return false
    }

    /// The interval as `2026-03-05...2026-11-23`, without an end that is open.
    package var description: String {
        if first == nil && last == nil { return "any day" }
        return "\(first?.description ?? "")...\(last?.description ?? "")"
    }
}
