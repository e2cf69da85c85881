import Synchronization

/// How many retries all calls together may make, so that an outage is not answered by a multiple of the load.
///
/// Every call pays in a part of a retry, and every retry takes a whole one out; what is saved up has a bound.
public final class RetryBudget: Sendable {
    private let credit: Mutex<Double>
    private let capacity: Double
    private let share: Double

    /// Creates a budget that is full.
    ///
    /// - Parameters:
    ///   - capacity: The most retries that are saved up.
    ///   - share: The retries that a call pays in.
    public init(capacity: Int = 100, share: Double = 0.2) {
        self.capacity = Double(max(0, capacity))
        self.share = max(0, share)
        credit = Mutex(Double(max(0, capacity)))
    }

    /// Pays in for a call.
    func callStarted() {
        credit.withLock { $0 = min(capacity, $0 + share) }
    }

    /// Puts a retry back that was taken out and not made.
    func returnRetry() {
        credit.withLock { $0 = min(capacity, $0 + 1) }
    }

    /// Takes a retry out, if there is one.
    func takeRetry() -> Bool {
        credit.withLock { credit in
            guard credit >= 1 else { return false }
            credit -= 1
            return true
        }
    }
}
