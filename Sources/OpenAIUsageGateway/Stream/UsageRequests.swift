import OpenAIUsage
import Synchronization

/// The state that the calls of a gateway share about asking for usage: rejections, and the room for buffered bodies.
///
/// A body is buffered from its first byte until the response shows that the client's own request is not needed anymore. All
/// buffered bodies share a limit, beyond which a call is not made to ask.
final class UsageRequests: Sendable {
    /// A share of the room, which is returned when the object is deinitialized.
    final class Reservation {
        private let requests: UsageRequests
        private var length = 0

        fileprivate init(_ requests: UsageRequests) {
            self.requests = requests
        }

        deinit {
            requests.shared.held.subtract(length, ordering: .relaxed)
        }

        /// Reserves more of the room; false if there is not enough left.
        func grow(by count: Int) -> Bool {
            let (_, total) = requests.shared.held.add(count, ordering: .relaxed)
            guard total <= requests.shared.bound else {
                requests.shared.held.subtract(count, ordering: .relaxed)
                return false
            }
            length += count
            return true
        }
    }

    /// The room, and the rejections of all upstreams.
    private final class Shared: Sendable {
        let bound: Int
        let held = Atomic<Int>(0)
        let refusals = Mutex(RejectedAdditions())

        init(bound: Int) {
            self.bound = bound
        }
    }

    private let upstream: String
    private let clock: any UsageClock
    private let shared: Shared

    /// Creates the shared state of a gateway's calls.
    ///
    /// - Parameters:
    ///   - upstream: The upstream's host and port.
    ///   - bound: The maximum size of all buffered bodies, in bytes.
    ///   - clock: The clock by which rejections expire.
    init(upstream: String, bound: Int, clock: any UsageClock = SystemUsageClock()) {
        self.upstream = upstream
        self.clock = clock
        shared = Shared(bound: bound)
    }

    /// Creates the shared state of the calls to another upstream, within the same room.
    init(upstream: String, sharing other: UsageRequests) {
        self.upstream = upstream
        clock = other.clock
        shared = other.shared
    }

    /// The number of buffered bytes.
    var heldLength: Int { shared.held.load(ordering: .relaxed) }

    /// Starts the reservation for a body; `nil` if a body of this length can never fit.
    func reservation(for length: Int?) -> Reservation? {
        (length ?? 0) <= shared.bound ? Reservation(self) : nil
    }

    /// True if the upstream has recently rejected being asked for usage with a model.
    func isRefused(_ model: String?) -> Bool {
        let now = clock.monotonicNanoseconds
        return shared.refusals.withLock {
            $0.contains(RejectedAdditions.Key(upstream: upstream, model: model), at: now)
        }
    }

    /// Remembers that the upstream rejects being asked for usage with a model.
    ///
    /// - Returns: False if that was remembered already.
    func remember(_ model: String?) -> Bool {
        let now = clock.monotonicNanoseconds
        return shared.refusals.withLock {
            $0.remember(RejectedAdditions.Key(upstream: upstream, model: model), at: now)
        }
    }
}
