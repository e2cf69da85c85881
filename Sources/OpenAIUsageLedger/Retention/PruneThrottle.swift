/// The length of steps of work beside calls, and the rests between them, by how long the last step took.
///
/// Calls that end during a step wait for its end. So a step is to take at most two milliseconds, and at most a third of the time
/// is spent in steps.
struct PruneThrottle: Sendable, Equatable {
    /// The longest that a step is to take, in nanoseconds.
    static let longest: Int64 = 2_000_000
    /// The shortest rest, in nanoseconds.
    static let shortestRest: Int64 = 500_000
    /// The fewest and the most rows of a step.
    static let rows = 16...256

    /// The rows of the next step.
    private(set) var size = 64
    /// The monotonic time before which there is no next step, in nanoseconds.
    private(set) var nextStep = Int64.min

    /// Notes a step that was made.
    mutating func note(start: Int64, end: Int64) {
        let duration = max(0, end - start)
        if duration > Self.longest {
            size = max(Self.rows.lowerBound, size / 2)
        } else if duration < Self.longest / 4 {
            size = min(Self.rows.upperBound, size * 2)
        }
        nextStep = end + max(Self.shortestRest, min(duration, 500_000_000) * 2)
    }

    /// Puts off the next step.
    mutating func rest(until time: Int64) { nextStep = time }
}
