/// How many records have come lately, in windows of time of which the last two are known.
struct RecordTraffic {
    /// The length of a window, in nanoseconds.
    static let window: Int64 = 20_000_000

    private var start = Int64.min / 2
    private var current = 0
    private var previous = 0

    /// Counts a record.
    ///
    /// - Parameter now: The monotonic nanoseconds.
    /// - Returns: The count of the present window or of the one before, whichever is larger.
    mutating func note(at now: Int64) -> Int {
        if now - start >= Self.window {
            previous = now - start < 2 * Self.window ? current : 0
            current = 0
            start = now
        }
        current += 1
        return max(current, previous)
    }

    /// The same count, without another record.
    func count(at now: Int64) -> Int {
        let age = now - start
        return age < Self.window ? max(current, previous) : age < 2 * Self.window ? current : 0
    }
}
