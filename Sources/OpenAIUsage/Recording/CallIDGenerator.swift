import Synchronization

/// A generator of identities that grow with time and never repeat within a process.
package final class CallIDGenerator: Sendable {
    private let last: Atomic<Int64>

    /// Creates a generator whose identities follow the given one, even if the clock has gone back.
    package init(after newest: CallID? = nil) {
        last = Atomic(newest?.rawValue ?? 0)
    }

    /// The process's generator for the system clock, or a new one for any other clock.
    ///
    /// All meters and ledgers of a process share it, so that no two calls have the same identity.
    package static func shared(by clock: any UsageClock) -> CallIDGenerator {
        clock is SystemUsageClock ? system : CallIDGenerator()
    }

    private static let system = CallIDGenerator()

    /// Makes all further identities follow the given one.
    package func advance(past newest: CallID) {
        var current = last.load(ordering: .relaxed)
        while current < newest.rawValue {
            let (exchanged, original) = last.compareExchange(
                expected: current,
                desired: newest.rawValue,
                ordering: .relaxed
            )
            if exchanged { return }
            current = original
        }
    }

    /// The next identity for an attempt that starts at the given microsecond since 1970.
    package func next(at microseconds: Int64) -> CallID {
        let wanted = microseconds << 11
        var current = last.load(ordering: .relaxed)
        while true {
            let candidate = max(wanted, current + 1)
            let (exchanged, original) = last.compareExchange(
                expected: current,
                desired: candidate,
                ordering: .relaxed
            )
            if exchanged { return CallID(rawValue: candidate) }
            current = original
        }
    }
}
