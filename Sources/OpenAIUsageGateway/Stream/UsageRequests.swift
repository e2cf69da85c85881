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
            requests.held.subtract(length, ordering: .relaxed)
        }

        /// Takes more of the room; false if there is not that much left.
        func grow(by count: Int) -> Bool {
            let (_, total) = requests.held.add(count, ordering: .relaxed)
            guard total <= requests.bound else {
                requests.held.subtract(count, ordering: .relaxed)
                return false
            }
            length += count
            return true
        }
    }

    private let upstream: String
    private let bound: Int
    private let clock: any UsageClock
    private let held = Atomic<Int>(0)
    private let refusals = Mutex(RefusalMemory())

    /// Creates what the calls of a gateway share.
    ///
    /// - Parameters:
    ///   - upstream: The upstream's host and port.
    ///   - bound: The most bytes of bodies that are held at once.
    ///   - clock: The clock by which refusals are forgotten.
    init(upstream: String, bound: Int, clock: any UsageClock = SystemUsageClock()) {
        self.upstream = upstream
        self.bound = bound
        self.clock = clock
    }

    /// The number of bytes that are held.
    var heldLength: Int { held.load(ordering: .relaxed) }

    /// Begins to hold a body; `nil` if one of its length can never be held.
    func reservation(for length: Int?) -> Reservation? {
        (length ?? 0) <= bound ? Reservation(self) : nil
    }

    /// True if the upstream has refused to be asked about a model lately.
    func isRefused(_ model: String?) -> Bool {
        let now = clock.monotonicNanoseconds
        return refusals.withLock { $0.contains(RefusalMemory.Key(upstream: upstream, model: model), at: now) }
    }

    /// Remembers that the upstream refuses to be asked about a model.
    ///
    /// - Returns: True if it was not remembered already.
    func remember(_ model: String?) -> Bool {
        let now = clock.monotonicNanoseconds
        return refusals.withLock { $0.remember(RefusalMemory.Key(upstream: upstream, model: model), at: now) }
    }
}
