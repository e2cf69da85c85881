import OpenAIUsage
import OpenAIUsageLedger
import Synchronization

/// The progress of long work on the standard error: on a terminal one line that is rewritten, elsewhere a line now and then.
///
/// Nothing is shown of work that takes less than two seconds.
final class WorkProgress: Sendable {
    /// The decisions about what is shown, by a monotonic clock in nanoseconds.
    struct Pace: Sendable {
        /// The output that a step of progress causes.
        enum Output: Equatable {
            case none
            /// The line of the terminal is rewritten.
            case rewrite
            /// A line is written.
            case line
        }

        private static let patience: Int64 = 2_000_000_000
        private let isTerminal: Bool
        private var start: Int64?
        private var last: Int64?

        init(isTerminal: Bool) {
            self.isTerminal = isTerminal
        }

        /// The seconds since the first step.
        func seconds(at now: Int64) -> Double { Double(now - (start ?? now)) / 1e9 }

        /// The output of a step.
        mutating func step(at now: Int64) -> Output {
            let begun = start ?? now
            start = begun
            guard now - begun >= Self.patience else { return .none }
            if let last, now - last < (isTerminal ? 100_000_000 : 10_000_000_000) { return .none }
            last = now
            return isTerminal ? .rewrite : .line
        }

        /// True if the end is to be told.
        mutating func end(at now: Int64) -> Bool {
            defer { (start, last) = (nil, nil) }
            return now - (start ?? now) >= Self.patience
        }
    }

    private let doing: String
    private let done: String
    private let unit: String
    private let clock: any UsageClock
    private let pace: Mutex<Pace>
    private let isTerminal: Bool
    private let line: @Sendable (String) -> Void

    /// Prepares to show the progress of some work.
    ///
    /// - Parameters:
    ///   - doing: The work while it lasts, as in `Copying`.
    ///   - done: The work when it has ended, as in `Copied`.
    ///   - unit: The plural of what is counted.
    ///   - clock: The clocks.
    ///   - isTerminal: True to rewrite one line.
    ///   - line: Writes a line.
    init(
        _ doing: String,
        _ done: String,
        _ unit: String,
        clock: any UsageClock = SystemUsageClock(),
        isTerminal: Bool = StandardError.isTerminal,
        line: @escaping @Sendable (String) -> Void = { StandardError.write($0) }
    ) {
        (self.doing, self.done, self.unit) = (doing, done, unit)
        (self.clock, self.isTerminal, self.line) = (clock, isTerminal, line)
        pace = Mutex(Pace(isTerminal: isTerminal))
    }

    /// The progress of an upgrade of a ledger.
    static func upgrade(
        isTerminal: Bool = StandardError.isTerminal,
        line: @escaping @Sendable (String) -> Void = { StandardError.write($0) }
    ) -> LedgerReader.Progress {
        let progress = WorkProgress(
            "Upgrading the ledger",
            "Upgraded the ledger",
            "calls",
            isTerminal: isTerminal,
            line: line
        )
        return { progress.show($0, $1) }
    }

    /// Shows how much is done; the whole ends the line.
    func show(_ count: Int64, _ all: Int64) {
        let now = clock.monotonicNanoseconds
        if count >= all {
            let (tells, seconds) = pace.withLock { pace in
                let seconds = pace.seconds(at: now)
                return (pace.end(at: now), seconds)
            }
            guard tells else { return }
            if isTerminal { StandardError.put("\r\u{1b}[K") }
            return line("\(done): \(NumberFormat.count(all)) \(unit) in \(Int64(seconds.rounded())) s.")
        }
        let text =
            "\(doing): \(NumberFormat.count(count)) of \(NumberFormat.count(all)) \(unit) (\(count * 100 / max(1, all)) %)"
        switch pace.withLock({ $0.step(at: now) }) {
        case .none: break
        case .rewrite: StandardError.put("\r\(text)\u{1b}[K")
        case .line: line(text)
        }
    }
}
