import Dispatch
import Logging
import OpenAIUsage
import Synchronization

/// The gateway's log, written on its own thread, so that no event loop waits for the log's reader.
///
/// Each kind of failure is written once a minute at most, with the number of suppressed lines. The queue of lines is bounded;
/// lines beyond it are lost, counted and reported.
final class GatewayLog: Sendable {
    private struct Line: Sendable {
        var level: Logger.Level
        var message: String
        var metadata: Logger.Metadata
    }

    private struct State: Sendable {
        var throttle: LogThrottle
        var lines: [Line] = []
        var lost = 0
        var isTimed = false
    }

    private let logger: Logger
    private let clock: any UsageClock
    private let capacity: Int
    private let onLoss: @Sendable () -> Void
    private let queue = DispatchQueue(label: "oai-usage.gateway.log")
    private let state: Mutex<State>

    /// Creates a log.
    ///
    /// - Parameters:
    ///   - logger: The destination; its handler may block.
    ///   - throttle: The throttle, which decides which lines are written.
    ///   - capacity: The maximum number of lines in the queue.
    ///   - clock: The clock of the throttle.
    ///   - onLoss: Called for each lost line, on the thread that logged it.
    init(
        _ logger: Logger,
        throttle: LogThrottle = LogThrottle(),
        capacity: Int = 1_024,
        clock: any UsageClock = SystemUsageClock(),
        onLoss: @escaping @Sendable () -> Void = {}
    ) {
        self.logger = logger
        self.clock = clock
        self.capacity = capacity
        self.onLoss = onLoss
        state = Mutex(State(throttle: throttle))
    }

    private var now: Int64 { clock.monotonicNanoseconds / 1_000_000 }

    /// Logs a failure, at most once a minute; never blocks.
    ///
    /// - Parameters:
    ///   - level: The log level.
    ///   - message: A sentence about this failure.
    ///   - kind: A sentence common to all failures of the kind; `nil` for the message itself.
    ///   - code: The code of the failure.
    ///   - upstream: The upstream concerned; empty for none.
    ///   - metadata: Further metadata of this failure.
    func tell(
        _ level: Logger.Level,
        _ message: String,
        kind: String? = nil,
        code: String,
        upstream: String = "",
        metadata: @autoclosure () -> Logger.Metadata = [:]
    ) {
        guard logger.logLevel <= level else { return }
        let kind = LogThrottle.Kind(level: level, message: kind ?? message, code: code, upstream: upstream)
        let now = now
        switch state.withLock({ $0.throttle.receive(kind, at: now) }) {
        case .write(let repeated):
            var line = Self.line(kind, repeated, metadata())
            line.message = message
            hand(line)
        case .writeOthers(let repeated): hand(Self.line(LogThrottle.others, repeated))
        case .countFirst: wakeAtExpiry()
        case .count: break
        }
    }

    /// Logs a line that is not a failure.
    func write(_ level: Logger.Level, _ message: String) {
        guard logger.logLevel <= level else { return }
        hand(Line(level: level, message: message, metadata: [:]))
    }

    /// Writes all queued lines and all counts, and waits for that, but not longer than a second.
    func finish() {
        summarize { $0.finish() }
        let written = DispatchSemaphore(value: 0)
        queue.async { [self] in
            drain()
            written.signal()
        }
        _ = written.wait(timeout: .now() + .seconds(1))
    }

    // MARK: - Counts

    /// Writes the counts whose interval is over, and schedules the next ones.
    func expire() {
        let now = now
        state.withLock { $0.isTimed = false }
        summarize { $0.expire(at: now) }
        wakeAtExpiry()
    }

    private func summarize(_ body: @Sendable (inout LogThrottle) -> [LogThrottle.Summary]) {
        for summary in state.withLock({ body(&$0.throttle) }) { hand(Self.line(summary.kind, summary.repeated)) }
    }

    private func wakeAtExpiry() {
        let now = now
        let wait = state.withLock { state -> Int64? in
            guard !state.isTimed, let wait = state.throttle.nextExpiry(after: now) else { return nil }
            state.isTimed = true
            return wait
        }
        guard let wait else { return }
        queue.asyncAfter(deadline: .now() + .milliseconds(Int(wait) + 1)) { [weak self] in self?.expire() }
    }

    private static func line(_ kind: LogThrottle.Kind, _ repeated: Int, _ metadata: Logger.Metadata = [:]) -> Line {
        var metadata = metadata
        metadata["error_code"] = "\(kind.code)"
        if !kind.upstream.isEmpty { metadata["upstream"] = "\(kind.upstream)" }
        if repeated > 0 { metadata["repeated"] = .stringConvertible(repeated) }
        return Line(level: kind.level, message: kind.message, metadata: metadata)
    }

    // MARK: - Lines

    private func hand(_ line: Line) {
        let isFirst = state.withLock { state -> Bool? in
            guard state.lines.count < capacity else {
                state.lost += 1
                return nil
            }
            state.lines.append(line)
            return state.lines.count == 1
        }
        guard let isFirst else { return onLoss() }
        if isFirst { queue.async { [self] in drain() } }
    }

    private func drain() {
        let (lines, lost) = state.withLock { state in
            defer {
                state.lines = []
                state.lost = 0
            }
            return (state.lines, state.lost)
        }
        for line in lines { logger.log(level: line.level, "\(line.message)", metadata: line.metadata) }
        guard lost > 0 else { return }
        logger.warning(
            "Lines of the log were lost, because the queue was full.",
            metadata: ["lost": .stringConvertible(lost)]
        )
    }
}
