/// The recent rate of records, in windows of time of which the last two are known.
struct RecordTraffic {
    /// The length of a window, in nanoseconds.
    static let window: Int64 = 20_000_000

    private var start = Int64.min / 2
    private var current = 0
    private var previous = 0

    /// Counts a record.
    ///
    /// - Parameter now: The time in monotonic nanoseconds.
    /// - Returns: The count of the current or the previous window, whichever is larger.
    mutating func note(at now: Int64) -> Int {
        if now - start >= Self.window {
            previous = now - start < 2 * Self.window ? current : 0
            current = 0
            start = now
        }
        current += 1
        return max(current, previous)
    }

    /// Returns the same count without another record.
    func count(at now: Int64) -> Int {
        let age = now - start
        return age < Self.window ? max(current, previous) : age < 2 * Self.window ? current : 0
    }
}
