import Logging

/// Decides which lines of a log are written: one a kind and minute, and a count of those that were not.
///
/// The count is told by the next line, or at the end of the minute if there is none. The number of kinds has a bound; what
/// comes beyond it is one kind.
struct LogThrottle {
    /// Lines that tell the same.
    struct Kind: Hashable, Sendable {
        var level = Logger.Level.warning
        /// The sentence.
        var message: String
        /// The code of the failure.
        var code: String
        /// The upstream that it concerns; empty for none.
        var upstream: String
    }

    /// The answer to a line.
    enum Decision: Equatable {
        /// Write it, with the number of lines of its kind that were not written since the last one.
        case write(repeated: Int)
        /// Write nothing.
        case count
        /// Write nothing, and ask for the counts at the end of the interval.
        case countFirst
        /// Write in its place that there are more kinds than are told apart.
        case writeOthers(repeated: Int)
    }

    /// The lines of a kind that were not written.
    struct Summary: Equatable, Sendable {
        var kind: Kind
        var repeated: Int
    }

    private struct Window {
        var start: Int64
        var count = 0
    }

    /// The kind of all lines beyond the bound.
    static let others = Kind(message: "Failures of more kinds than are told apart.", code: "others", upstream: "")

    /// How long a kind is not written again, in milliseconds.
    let interval: Int64
    /// The most kinds that are told apart.
    let capacity: Int
    private var windows: [Kind: Window] = [:]

    /// Creates a throttle that has seen nothing.
    init(interval: Int64 = 60_000, capacity: Int = 64) {
        self.interval = interval
        self.capacity = capacity
    }

    /// Decides about a line.
    ///
    /// - Parameters:
    ///   - kind: The kind of the line.
    ///   - now: Monotonic milliseconds.
    /// - Returns: The decision.
    mutating func receive(_ kind: Kind, at now: Int64) -> Decision {
        if windows[kind] != nil { return decide(kind, at: now) }
        if windows.count >= capacity {
            windows = windows.filter { $0.value.count > 0 || now - $0.value.start < interval }
        }
        guard windows.count >= capacity else {
            windows[kind] = Window(start: now)
            return .write(repeated: 0)
        }
        guard windows[Self.others] != nil else {
            windows[Self.others] = Window(start: now)
            return .writeOthers(repeated: 0)
        }
        let decision = decide(Self.others, at: now)
        if case .write(let repeated) = decision { return .writeOthers(repeated: repeated) }
        return decision
    }

    private mutating func decide(_ kind: Kind, at now: Int64) -> Decision {
        guard var window = windows[kind] else { return .write(repeated: 0) }
        if now - window.start >= interval {
            windows[kind] = Window(start: now)
            return .write(repeated: window.count)
        }
        window.count += 1
        windows[kind] = window
        return window.count == 1 ? .countFirst : .count
    }

    /// The counts whose interval is over; each counts as the line of its kind for the next one.
    mutating func expire(at now: Int64) -> [Summary] {
        let over = windows.filter { now - $0.value.start >= interval }
        for (kind, window) in over { windows[kind] = window.count > 0 ? Window(start: now) : nil }
        return Self.summaries(over)
    }

    /// All counts, at the end of the log.
    mutating func finish() -> [Summary] {
        defer { windows = [:] }
        return Self.summaries(windows)
    }

    /// The milliseconds until ``expire(at:)`` has a count to tell; `nil` if nothing was counted.
    func nextExpiry(after now: Int64) -> Int64? {
        windows.values.filter { $0.count > 0 }.map { max(0, $0.start + interval - now) }.min()
    }

    private static func summaries(_ windows: [Kind: Window]) -> [Summary] {
        windows.filter { $0.value.count > 0 }
            .sorted { ($0.value.start, $0.key.message, $0.key.code) < ($1.value.start, $1.key.message, $1.key.code) }
            .map { Summary(kind: $0.key, repeated: $0.value.count) }
    }
}
