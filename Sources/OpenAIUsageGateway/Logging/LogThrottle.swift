import Logging

/// A limiter of log lines: one line per kind and interval, and a count of the suppressed ones.
///
/// The count is reported with the next line, or at the end of the interval if there is none. The number of kinds is bounded;
/// all kinds beyond it share one.
struct LogThrottle {
    /// The identity of lines that report the same.
    struct Kind: Hashable, Sendable {
        var level = Logger.Level.warning
        /// The sentence.
        var message: String
        /// The code of the failure.
        var code: String
        /// The upstream concerned; empty for none.
        var upstream: String
    }

    /// The decision about a line.
    enum Decision: Equatable {
        /// Write it, with the number of lines of its kind suppressed since the last one.
        case write(repeated: Int)
        /// Suppress it.
        case count
        /// Suppress it, and expire the counts at the end of the interval.
        case countFirst
        /// Write in its place that there are more kinds than are distinguished.
        case writeOthers(repeated: Int)
    }

    /// The number of suppressed lines of a kind.
    struct Summary: Equatable, Sendable {
        var kind: Kind
        var repeated: Int
    }

    private struct Window {
        var start: Int64
        var count = 0
    }

    /// The shared kind of all lines beyond the limit.
    static let others = Kind(message: "Failures of more kinds than are told apart.", code: "others", upstream: "")

    /// The shortest time between two lines of a kind, in milliseconds.
    let interval: Int64
    /// The maximum number of kinds that are distinguished.
    let capacity: Int
    private var windows: [Kind: Window] = [:]

    /// Creates an empty throttle.
    init(interval: Int64 = 60_000, capacity: Int = 64) {
        self.interval = interval
        self.capacity = capacity
    }

    /// Decides on a line.
    ///
    /// - Parameters:
    ///   - kind: The kind of the line.
    ///   - now: The time, in monotonic milliseconds.
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

    /// Returns the counts whose interval is over; each counts as the line of its kind for the next interval.
    mutating func expire(at now: Int64) -> [Summary] {
        let over = windows.filter { now - $0.value.start >= interval }
        for (kind, window) in over { windows[kind] = window.count > 0 ? Window(start: now) : nil }
        return Self.summaries(over)
    }

    /// Returns all counts, at the end of the log.
    mutating func finish() -> [Summary] {
        defer { windows = [:] }
        return Self.summaries(windows)
    }

    /// Returns the milliseconds until ``expire(at:)`` has a count to report; `nil` for none.
    func nextExpiry(after now: Int64) -> Int64? {
        windows.values.filter { $0.count > 0 }.map { max(0, $0.start + interval - now) }.min()
    }

    private static func summaries(_ windows: [Kind: Window]) -> [Summary] {
        windows.filter { $0.value.count > 0 }
            .sorted { ($0.value.start, $0.key.message, $0.key.code) < ($1.value.start, $1.key.message, $1.key.code) }
            .map { Summary(kind: $0.key, repeated: $0.value.count) }
    }
}
