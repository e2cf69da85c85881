/// The cost of a whole month if it goes on at the rate so far.
///
/// The rate is the cost over the elapsed time: since the month began, or since the first day with calls if none are known from
/// before. It knows neither weekends nor growth.
package struct MonthProjection: Sendable, Equatable {
    /// The result.
    package enum Result: String, Sendable, Equatable {
        case projected
        /// Less than a day has elapsed, which says nothing about a month.
        case tooEarly = "too_early"
        /// No cost is known.
        case unknownCost = "unknown_cost"
        /// There were no calls this month.
        case noCalls = "no_calls"
    }

    /// The shortest time that is projected, in microseconds.
    package static let leastElapsed: Int64 = 86_400_000_000

    package let result: Result
    /// The projected cost in pico-dollars; `nil` unless there is a projection.
    package private(set) var picoUSD: Int128?
    /// The elapsed time that the rate is taken from, in microseconds.
    package let elapsed: Int64

    /// Projects the cost of a month.
    ///
    /// - Parameters:
    ///   - cost: The cost so far in pico-dollars; `nil` if it is unknown.
    ///   - calls: The number of calls so far.
    ///   - start: The time from which calls were recorded this month, in microseconds since 1970.
    ///   - now: The time in microseconds since 1970.
    ///   - end: The end of the month in microseconds since 1970.
    ///   - leastElapsed: The shortest time that is projected, in microseconds.
    package init(
        cost: Int128?,
        calls: Int64,
        since start: Int64,
        now: Int64,
        end: Int64,
        leastElapsed: Int64 = MonthProjection.leastElapsed
    ) {
        elapsed = max(0, now - start)
        guard calls > 0 else {
            result = .noCalls
            return
        }
        guard let cost else {
            result = .unknownCost
            return
        }
        guard elapsed >= max(1_000, leastElapsed) else {
            result = .tooEarly
            return
        }
        // Milliseconds keep the product far from overflowing for any cost below 10^16 dollars.
        let (part, overflow) = cost.multipliedReportingOverflow(by: Int128(max(0, end - now) / 1_000))
        let (sum, overflow2) = cost.addingReportingOverflow(part / Int128(elapsed / 1_000))
        guard !overflow, !overflow2 else {
            result = .unknownCost
            return
        }
        result = .projected
        picoUSD = sum
    }
}
