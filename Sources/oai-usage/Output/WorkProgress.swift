import Dispatch
import OpenAIUsage
import OpenAIUsageLedger
import Synchronization

/// The progress of long operations on stderr: a rewritten line on a terminal, otherwise occasional lines.
///
/// Nothing is shown for operations of less than two seconds.
final class WorkProgress: Sendable {
    /// The decisions on what to show, based on a monotonic clock in nanoseconds.
    struct Pace: Sendable {
        /// The output for a step of progress.
        enum Output: Equatable {
            case none
            /// Rewrite the line on the terminal.
            case rewrite
            /// Write a line.
            case line
        }

        private static let patience: Int64 = 2_000_000_000
        private let isTerminal: Bool
        private var start: Int64?
        private var last: Int64?

        init(isTerminal: Bool) {
            self.isTerminal = isTerminal
        }

        /// Returns the seconds since the first step.
        func seconds(at now: Int64) -> Double { Double(now - (start ?? now)) / 1e9 }

        /// Returns the output for a step.
        mutating func step(at now: Int64) -> Output {
            let begun = start ?? now
            start = begun
            guard now - begun >= Self.patience else { return .none }
            if let last, now - last < (isTerminal ? 100_000_000 : 10_000_000_000) { return .none }
            last = now
            return isTerminal ? .rewrite : .line
        }

        /// Resets the pace, and returns true if the end should be reported.
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

    /// Creates the progress of an operation.
    ///
    /// - Parameters:
    ///   - doing: The operation while it runs, such as `Copying`.
    ///   - done: The operation when it has ended, such as `Copied`.
    ///   - unit: The counted unit, in the plural.
    ///   - clock: The clock.
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

    /// Returns a progress closure for the upgrade of a ledger.
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

    /// Runs an operation that does not tell its progress, and shows the elapsed time.
    ///
    /// - Parameters:
    ///   - doing: The operation while it runs, such as `Checking the file`.
    ///   - isTerminal: True to rewrite one line.
    ///   - body: The operation.
    /// - Returns: The result of the operation.
    static func elapsed<Value>(
        _ doing: String,
        isTerminal: Bool = StandardError.isTerminal,
        _ body: () throws -> Value
    ) rethrows -> Value {
        let progress = ElapsedProgress(doing, isTerminal: isTerminal)
        defer { progress.end() }
        return try body()
    }

    /// Shows the progress; ends it when the count reaches the total.
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

/// The elapsed time on stderr of an operation that does not tell its progress, until it is ended.
// SAFETY: the timer is set up before it runs, and is only cancelled then, which any thread may do; the pace has its lock.
final class ElapsedProgress: @unchecked Sendable {
    private let pace: Mutex<WorkProgress.Pace>
    private let timer: any DispatchSourceTimer
    private let isTerminal: Bool

    /// Begins to show the time.
    ///
    /// - Parameters:
    ///   - doing: The operation while it runs, such as `Checking the file`.
    ///   - isTerminal: True to rewrite one line.
    init(_ doing: String, isTerminal: Bool = StandardError.isTerminal) {
        self.isTerminal = isTerminal
        pace = Mutex(WorkProgress.Pace(isTerminal: isTerminal))
        // The thread of the operation is busy.
        timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "progress"))
        _ = pace.withLock { $0.step(at: SystemUsageClock().monotonicNanoseconds) }
        timer.setEventHandler { [weak self] in self?.show(doing) }
        timer.schedule(deadline: .now() + .milliseconds(500), repeating: .milliseconds(500))
        timer.resume()
    }

    private func show(_ doing: String) {
        pace.withLock { pace in
            let now = SystemUsageClock().monotonicNanoseconds
            let text = "\(doing): \(Int64(pace.seconds(at: now).rounded())) s"
            switch pace.step(at: now) {
            case .none: break
            case .rewrite: StandardError.put("\r\(text)\u{1b}[K")
            case .line: StandardError.write("\(text).")
            }
        }
    }

    /// Shows nothing more, and clears the line on a terminal.
    func end() {
        timer.cancel()
        let hasOutput = pace.withLock { $0.end(at: SystemUsageClock().monotonicNanoseconds) }
        if hasOutput, isTerminal { StandardError.put("\r\u{1b}[K") }
    }
}
