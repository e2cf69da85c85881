import Synchronization

/// Hands out identities that grow with time and never repeat within a process.
package final class CallIDGenerator: Sendable {
    private let last: Atomic<Int64>

    /// Creates a generator whose identities come after the given one, should the clock have gone back.
    package init(after newest: CallID? = nil) {
        last = Atomic(newest?.rawValue ?? 0)
    }

    /// The generator of the process for the system's clock, or one of its own for another clock.
    ///
    /// All meters and ledgers of a process share it, so that no two calls ever have one identity.
    package static func shared(by clock: any UsageClock) -> CallIDGenerator {
        clock is SystemUsageClock ? system : CallIDGenerator()
    }

    private static let system = CallIDGenerator()

    /// Lets all further identities come after a given one.
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
