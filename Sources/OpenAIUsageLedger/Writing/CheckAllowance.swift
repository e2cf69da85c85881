/// The time budget for checks of what other programs wrote: a burst at once, and a small share in the long run.
///
/// Another program, such as a replicator, may write to the ledger all the time, and calls wait while the writer checks.
struct CheckAllowance {
    /// The longest burst, in nanoseconds.
    static let burst: Int64 = 1_000_000_000
    /// The divisor of the time that checks may take: at most 1/20.
    static let share: Int64 = 20

    private var rest = Self.burst
    private var last: Int64?

    /// True if a check may run now.
    mutating func allows(at now: Int64) -> Bool {
        rest = min(Self.burst, rest + max(0, now - (last ?? now)) / Self.share)
        last = now
        return rest > 0
    }

    /// Charges the duration of a check, in nanoseconds.
    mutating func spend(_ duration: Int64) { rest -= max(0, duration) }
}
