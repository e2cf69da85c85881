import OpenAIUsage

/// An event of a ledger's retention, to be reported to an operator.
public enum RetentionEvent: Sendable, Equatable, CustomStringConvertible {
    /// Calls were pruned.
    case pruned(PruneReport)
    /// The ledger exceeds its size limit, and has no calls left that may be pruned.
    case tooSmall(bytes: Int64, limit: Int64)
    /// The file keeps its size, since it cannot become smaller in steps.
    case needsCompacting(freeBytes: Int64)

    /// True if an operator must act.
    public var isWarning: Bool {
        if case .pruned = self { return false }
        return true
    }

    /// The event as a sentence.
    public var description: String {
        switch self {
        case .pruned(let report):
            "\(report.calls) calls from before \(TimestampText.utc(report.beforeMicroseconds, isShort: true)) were pruned; their sums stay."
        case .tooSmall(let bytes, let limit):
            "The ledger has \(bytes) bytes and may have \(limit), but only sums and calls of the last hour are left: raise --keep-size."
        case .needsCompacting(let bytes):
            "\(bytes) bytes of the ledger are free, and new calls use them; to make the file smaller, stop the gateway and run `oai-usage ledger compact`."
        }
    }
}

/// The rules of retention: the time before which calls are pruned, and the time of the next check.
struct Retention: Sendable {
    /// The interval between checks while nothing is to be pruned, in nanoseconds.
    static let interval: Int64 = 60_000_000_000
    /// The age up to which calls stay regardless of the ledger's size, in microseconds.
    static let minimum: Int64 = 3_600_000_000
    /// The length of time that is pruned at once if the ledger is too large, in microseconds.
    private static let stride: Int64 = 3_600_000_000

    /// The state of a ledger that determines the next step.
    struct State: Equatable {
        /// The start of the oldest ended call, in microseconds since 1970; `nil` if there is none.
        var oldest: Int64?
        /// The bytes in use, including the log.
        var bytes: Int64
        /// The bytes of the log.
        var logBytes: Int64
    }

    private let keep: Int64?
    private let keepBytes: Int64?
    /// The run in progress; `nil` if there is none.
    var run: PruneRun?
    /// The size of steps and the rests between them.
    var pace = PruneThrottle()
    private var told: Set<String> = []

    /// Creates the retention of a ledger; `nil` if everything is kept.
    init?(_ options: LedgerOptions) {
        guard options.keep != nil || options.keepBytes != nil else { return nil }
        keep = options.keep.map { duration in
            let (seconds, attoseconds) = duration.components
            return Int64(clamping: Int128(seconds) * 1_000_000 + Int128(attoseconds / 1_000_000_000_000))
        }
        keepBytes = options.keepBytes
    }

    /// Returns the nanoseconds until the next step.
    func wait(at now: Int64) -> Int64 { max(0, Int64(clamping: Int128(pace.nextStep) - Int128(now))) }

    /// Returns the time before which calls are to be pruned.
    ///
    /// - Parameters:
    ///   - state: The state of the ledger.
    ///   - now: The time in microseconds since 1970.
    /// - Returns: The time in microseconds since 1970; `nil` if nothing is to be pruned.
    func target(_ state: State, now: Int64) -> Int64? {
        guard let oldest = state.oldest else { return nil }
        var target = Int64.min
        if let keep { target = PruneBoundary.quarter(of: now.subtractingClamped(keep)) }
        if isTooLarge(state) {
            let next = oldest.flooredQuotient(by: Self.stride) * Self.stride + Self.stride
            target = max(target, min(next, PruneBoundary.quarter(of: now.subtractingClamped(Self.minimum))))
        }
        return oldest < target ? target : nil
    }

    /// True if the ledger exceeds its size limit.
    ///
    /// The log counts for at most a quarter of the limit, since pruning does not make it shorter.
    func isTooLarge(_ state: State) -> Bool {
        guard let keepBytes else { return false }
        return state.bytes - state.logBytes + min(state.logBytes, keepBytes / 4) > keepBytes
    }

    /// Returns the events of a state in which nothing can be pruned; each is returned once.
    mutating func notes(_ state: State) -> [RetentionEvent] {
        guard let keepBytes, isTooLarge(state), told.insert("size").inserted else { return [] }
        return [.tooSmall(bytes: state.bytes, limit: keepBytes)]
    }

    /// Returns the events of a finished run.
    mutating func notes(_ report: PruneReport) -> [RetentionEvent] {
        var notes: [RetentionEvent] = []
        if report.calls > 0 { notes.append(.pruned(report)) }
        if report.needsCompacting, told.insert("compact").inserted {
            notes.append(.needsCompacting(freeBytes: report.freeBytes))
        }
        return notes
    }
}

extension Int64 {
    fileprivate func subtractingClamped(_ other: Int64) -> Int64 { Int64(clamping: Int128(self) - Int128(other)) }
}
