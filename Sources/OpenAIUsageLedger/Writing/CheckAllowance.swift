/// The time that the checks of what other programs wrote may take up: a burst at once, and a small share for good.
///
/// Another program may write to the ledger all the time, as replicators do, and calls wait while the writer checks.
struct CheckAllowance {
    /// The longest burst, in nanoseconds.
    static let burst: Int64 = 1_000_000_000
    /// One part in so many of the time goes to checks at most.
    static let share: Int64 = 20

    private var rest = Self.burst
    private var last: Int64?

    /// True if a check may be made now.
    mutating func allows(at now: Int64) -> Bool {
        rest = min(Self.burst, rest + max(0, now - (last ?? now)) / Self.share)
        last = now
        return rest > 0
    }

    /// Notes the time that a check took, in nanoseconds.
    mutating func spend(_ duration: Int64) { rest -= max(0, duration) }
}
