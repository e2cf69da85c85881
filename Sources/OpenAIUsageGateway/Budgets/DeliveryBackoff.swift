/// The decision when a message that was not accepted is sent again: after 15 seconds, then twice as long each time, up to an
/// hour.
package struct DeliveryBackoff: Sendable {
    private struct Failure: Sendable {
        var count: Int
        var next: Int64
    }

    /// The first delay, in nanoseconds.
    package static let first: Int64 = 15_000_000_000
    /// The longest delay, in nanoseconds.
    package static let longest: Int64 = 3_600_000_000_000

    private var failures: [String: Failure] = [:]
    private var reason: String?

    package init() {}

    /// True if a message may be sent at a time of a monotonic clock, in nanoseconds.
    package func mayTry(_ id: String, at now: Int64) -> Bool { failures[id].map { $0.next <= now } ?? true }

    /// Notes that a message was not accepted.
    ///
    /// - Returns: True if the reason differs from that of the last attempt, so that it is worth a line in a log.
    package mutating func failed(_ id: String, at now: Int64, reason: String) -> Bool {
        let count = (failures[id]?.count ?? 0) + 1
        let delay = count > 9 ? Self.longest : min(Self.longest, Self.first << Int64(count - 1))
        failures[id] = Failure(count: count, next: now + delay)
        defer { self.reason = reason }
        return self.reason != reason
    }

    /// Notes that a message was accepted.
    ///
    /// - Returns: True if the attempt before it failed.
    package mutating func accepted(_ id: String) -> Bool {
        failures[id] = nil
        defer { reason = nil }
        return reason != nil
    }

    /// Forgets the messages that are not due any more.
    package mutating func keep(_ ids: Set<String>) { failures = failures.filter { ids.contains($0.key) } }
}
