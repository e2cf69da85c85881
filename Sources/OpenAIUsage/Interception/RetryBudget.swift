import Synchronization

/// A limit on the retries of all calls together, so that an outage does not multiply the load.
///
/// Every call deposits a fraction of a retry, and every retry withdraws a whole one; the balance is bounded.
public final class RetryBudget: Sendable {
    private let credit: Mutex<Double>
    private let capacity: Double
    private let share: Double

    /// Creates a full budget.
    ///
    /// - Parameters:
    ///   - capacity: The largest balance, in retries.
    ///   - share: The deposit of a call, in retries.
    public init(capacity: Int = 100, share: Double = 0.2) {
        self.capacity = Double(max(0, capacity))
        self.share = max(0, share)
        credit = Mutex(Double(max(0, capacity)))
    }

    /// Deposits the share of a call.
    func callStarted() {
        credit.withLock { $0 = min(capacity, $0 + share) }
    }

    /// Returns a retry that was withdrawn and not made.
    func returnRetry() {
        credit.withLock { $0 = min(capacity, $0 + 1) }
    }

    /// Withdraws a retry; false if the balance is too low.
    func takeRetry() -> Bool {
        credit.withLock { credit in
            guard credit >= 1 else { return false }
            credit -= 1
            return true
        }
    }
}
