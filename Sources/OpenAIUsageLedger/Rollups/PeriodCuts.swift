import Foundation

/// The periods of a report's time zone, numbered as they come.
final class PeriodCuts {
    /// A period: the values of the dimensions of time.
    struct Period: Hashable {
        var values: [ReportGrouping.Value]
    }

    private var groupings: [ReportGrouping]
    private var numbers: [Period: Int] = [:]
    private(set) var periods: [Period] = []
    private var current: (from: Int64, to: Int64, number: Int)?

    /// Cuts time by dimensions; by none there is one period.
    init(_ dimensions: [ReportDimension] = [], timeZone: TimeZone = .gmt) {
        groupings = dimensions.map { ReportGrouping($0, timeZone: timeZone) }
    }

    /// The number of the period in which a time lies.
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

    /// The end of the period in which a time lies, in microseconds since 1970.
    ///
    /// Every period begins at a quarter of an hour, since the offsets of time zones are multiples of it.
    func end(after time: Int64) -> Int64 {
        if groupings.isEmpty { return .max }
        let period = period(at: time)
        let first = time.flooredQuotient(by: RollupKey.quarterLength)
        // A period is without gaps: its end is found by strides that grow, and then halved.
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
