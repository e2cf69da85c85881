import OpenAIUsage
import Synchronization

/// What the calls of a gateway share about asking for usage: who refused it, and the room for the bodies that are held.
///
/// A body is held from its first byte until the response shows that the client's own request is not needed any more. All
/// held bodies together have a bound, beyond which a call is not made to ask.
final class UsageRequests: Sendable {
    /// A part of the room, which is given back when it goes away.
    final class Reservation {
        private let requests: UsageRequests
        private var length = 0

        fileprivate init(_ requests: UsageRequests) {
            self.requests = requests
        }

        deinit {
            requests.shared.held.subtract(length, ordering: .relaxed)
        }

        /// Takes more of the room; false if there is not that much left.
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

    /// The room, and the refusals of every upstream.
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

    /// Creates what the calls of a gateway share.
    ///
    /// - Parameters:
    ///   - upstream: The upstream's host and port.
    ///   - bound: The most bytes of bodies that are held at once.
    ///   - clock: The clock by which refusals are forgotten.
    init(upstream: String, bound: Int, clock: any UsageClock = SystemUsageClock()) {
        self.upstream = upstream
        self.clock = clock
        shared = Shared(bound: bound)
    }

    /// Creates what the calls to another upstream share, within the same room.
    init(upstream: String, sharing other: UsageRequests) {
        self.upstream = upstream
        clock = other.clock
        shared = other.shared
    }

    /// The number of bytes that are held.
    var heldLength: Int { shared.held.load(ordering: .relaxed) }

    /// Begins to hold a body; `nil` if one of its length can never be held.
    func reservation(for length: Int?) -> Reservation? {
        (length ?? 0) <= shared.bound ? Reservation(self) : nil
    }

    /// True if the upstream has refused to be asked about a model lately.
    func isRefused(_ model: String?) -> Bool {
        let now = clock.monotonicNanoseconds
        return shared.refusals.withLock {
            $0.contains(RejectedAdditions.Key(upstream: upstream, model: model), at: now)
        }
    }

    /// Remembers that the upstream refuses to be asked about a model.
    ///
    /// - Returns: True if it was not remembered already.
    func remember(_ model: String?) -> Bool {
        let now = clock.monotonicNanoseconds
        return shared.refusals.withLock {
            $0.remember(RejectedAdditions.Key(upstream: upstream, model: model), at: now)
        }
    }
}
