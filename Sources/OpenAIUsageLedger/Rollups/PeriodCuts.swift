import Foundation
import OpenAIUsage

/// The periods of a report in its time zone, numbered in order of appearance.
final class PeriodCuts {
    /// A period, as its values in the dimensions of time.
    struct Period: Hashable {
        var values: [ReportGrouping.Value]
    }

    private var groupings: [ReportGrouping]
    private var numbers: [Period: Int] = [:]
    private(set) var periods: [Period] = []
    private var current: (from: Int64, to: Int64, number: Int)?

    /// Creates periods by dimensions; without dimensions there is one period.
    init(_ dimensions: [ReportDimension] = [], timeZone: TimeZone = .gmt) {
        groupings = dimensions.map { ReportGrouping($0, timeZone: timeZone, mergesSnapshots: false) }
    }

    /// Returns the number of the period that contains a time.
    func period(at time: Int64) -> Int {
        if groupings.isEmpty { return number(of: Period(values: [])) }
        let quarter = time.flooredQuotient(by: RollupKey.quarterLength)
        let start = quarter * RollupKey.quarterLength
        if let current, current.from <= time, time < current.to { return current.number }
        let period = Period(values: groupings.indices.map { groupings[$0].period(at: start) })
        let number = number(of: period)
        current = (start, start + RollupKey.quarterLength, number)
        return number
    }

    /// Returns the end of the period that contains a time, in microseconds since 1970.
    ///
    /// Every period starts at a quarter of an hour, since the offsets of time zones are multiples of it.
    func end(after time: Int64) -> Int64 {
        if groupings.isEmpty { return .max }
        let period = period(at: time)
        let first = time.flooredQuotient(by: RollupKey.quarterLength)
        // A period has no gaps: an exponential and a binary search find its end.
        var low: Int64 = 0
        var high: Int64 = 1
        while high < 1 << 20, self.period(at: (first + high) * RollupKey.quarterLength) == period {
            (low, high) = (high, high * 2)
        }
        while high - low > 1 {
            let middle = (low + high) / 2
            if self.period(at: (first + middle) * RollupKey.quarterLength) == period {
                low = middle
            } else {
                high = middle
            }
        }
        return (first + high) * RollupKey.quarterLength
    }

    private func number(of period: Period) -> Int {
        if let known = numbers[period] { return known }
        numbers[period] = periods.count
        periods.append(period)
        return periods.count - 1
    }
}
