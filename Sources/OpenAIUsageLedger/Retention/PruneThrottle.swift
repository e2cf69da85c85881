/// The size of background steps and the rests between them, controlled by the duration of the last step.
///
/// Calls that end during a step wait for its end. Therefore a step should take at most two milliseconds, and all steps at
/// most a third of the time.
struct PruneThrottle: Sendable, Equatable {
    /// The intended maximum duration of a step, in nanoseconds.
    static let longest: Int64 = 2_000_000
    /// The shortest rest, in nanoseconds.
    static let shortestRest: Int64 = 500_000
    /// The least and the greatest number of rows per step.
    static let rows = 16...256

    /// The number of rows in the next step.
    private(set) var size = 64
    /// The earliest start of the next step, in monotonic nanoseconds.
    private(set) var nextStep = Int64.min

    /// Adjusts the next step to the duration of the last one, in monotonic nanoseconds.
    mutating func note(start: Int64, end: Int64) {
        let duration = max(0, end - start)
        if duration > Self.longest {
            size = max(Self.rows.lowerBound, size / 2)
        } else if duration < Self.longest / 4 {
            size = min(Self.rows.upperBound, size * 2)
        }
        nextStep = end + max(Self.shortestRest, min(duration, 500_000_000) * 2)
    }

    /// Postpones the next step.
    mutating func rest(until time: Int64) { nextStep = time }
}
