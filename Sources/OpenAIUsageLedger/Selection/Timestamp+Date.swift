public import Foundation
public import OpenAIUsage

extension Timestamp {
    /// Creates the time of a date, rounded to microseconds; the earliest or the latest time where that is out of range.
    public init(_ date: Date) {
        let microseconds = (date.timeIntervalSince1970 * 1_000_000).rounded()
        self.init(
            microsecondsSince1970: Int64(exactly: microseconds) ?? (microseconds < 0 ? Int64.min : Int64.max)
        )
    }

    /// The time as a date.
    public var date: Date { Date(timeIntervalSince1970: Double(microsecondsSince1970) / 1_000_000) }
}
