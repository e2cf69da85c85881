/// The range of days on which a price applies: inclusive at both ends, `nil` for an open end.
package struct DayInterval: Sendable, Hashable, CustomStringConvertible {
    /// The first day; `nil` if the range has no start.
    package var first: UTCDay?
    /// The last day; `nil` if the range has no end.
    package var last: UTCDay?

    /// Creates a range of days; an omitted end is open.
    package init(first: UTCDay? = nil, last: UTCDay? = nil) {
        self.first = first
        self.last = last
    }

    /// Returns true if the range includes a day.
    package func contains(_ day: UTCDay) -> Bool {
        if let first, day < first { return false }
        if let last, last < day { return false }
        return true
    }

    /// Returns true if the ranges share a day.
    package func overlaps(_ other: DayInterval) -> Bool {
        if let last, let first = other.first, last < first { return false }
        if let last = other.last, let first, last < first { return false }
        return true
    }

    /// True if the last day precedes the first.
    package var isReversed: Bool {
        if let first, let last { return last < first }
        return false
    }

    /// The range as `2026-03-05...2026-11-23`; an open end is omitted, and a range without ends is `any day`.
    package var description: String {
        if first == nil && last == nil { return "any day" }
        return "\(first?.description ?? "")...\(last?.description ?? "")"
    }
}
