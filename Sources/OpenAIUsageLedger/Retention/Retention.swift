import OpenAIUsage

/// A note of what a ledger's retention has done or cannot do, to be told to an operator.
public enum RetentionEvent: Sendable, Equatable, CustomStringConvertible {
    /// Calls were pruned.
    case pruned(PruneReport)
    /// The ledger is larger than it may be, and has no calls left that may be pruned.
    case tooSmall(bytes: Int64, limit: Int64)
    /// The file keeps its size, since it was made without the means to become smaller by steps.
    case needsCompacting(freeBytes: Int64)

    /// True if an operator has to do something.
    public var isWarning: Bool {
        if case .pruned = self { return false }
        return true
    }

    /// The note as a sentence.
    public var description: String {
        switch self {
        case .pruned(let report):
            "\(report.calls) calls from before \(TimestampText.utc(report.before, isShort: true)) were pruned; their sums stay."
        case .tooSmall(let bytes, let limit):
            "The ledger has \(bytes) bytes and may have \(limit), but only sums and calls of the last hour are left: raise --keep-size."
        case .needsCompacting(let bytes):
            "\(bytes) bytes of the ledger are free, and new calls use them; to make the file smaller, stop the gateway and run `oai-usage ledger compact`."
        }
    }
}

/// The decisions of retention: the time before which calls are pruned, and when to look again.
struct Retention: Sendable {
    /// How long nothing is looked at when nothing is to be pruned, in nanoseconds.
    static let interval: Int64 = 60_000_000_000
    /// The calls that stay however large the ledger is, in microseconds.
    static let minimum: Int64 = 3_600_000_000
    /// The time by which the oldest calls go when the ledger is too large, in microseconds.
    private static let stride: Int64 = 3_600_000_000

    /// The facts of a ledger by which the next step is chosen.
    struct State: Equatable {
        /// The start of the oldest call that has ended, in microseconds since 1970; `nil` if there is none.
        var oldest: Int64?
        /// The bytes that are in use, with those of the log.
        var bytes: Int64
        /// Those of the log among them.
        var logBytes: Int64
    }

    private let keep: Int64?
    private let keepBytes: Int64?
    /// The run that is under way.
    var run: PruneRun?
    /// The length of steps and rests.
    var pace = PruneThrottle()
    private var told: Set<String> = []

    /// Prepares the retention of a ledger; `nil` if it keeps everything.
    init?(_ options: LedgerOptions) {
        guard options.keep != nil || options.keepBytes != nil else { return nil }
        keep = options.keep.map { duration in
            let (seconds, attoseconds) = duration.components
            return Int64(clamping: Int128(seconds) * 1_000_000 + Int128(attoseconds / 1_000_000_000_000))
        }
        keepBytes = options.keepBytes
    }

    /// The nanoseconds until the next step.
    func wait(at now: Int64) -> Int64 { max(0, Int64(clamping: Int128(pace.nextStep) - Int128(now))) }

    /// The time before which calls are to be pruned.
    ///
    /// - Parameters:
    ///   - state: What is known of the ledger.
    ///   - now: The time, in microseconds since 1970.
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

    /// True if the ledger has more bytes than it may have; the log counts for a quarter of those at most, since it does not
    /// become shorter by pruning.
    func isTooLarge(_ state: State) -> Bool {
        guard let keepBytes else { return false }
        return state.bytes - state.logBytes + min(state.logBytes, keepBytes / 4) > keepBytes
    }

    /// The notes that a state gives when nothing can be pruned, each of them once.
    mutating func notes(_ state: State) -> [RetentionEvent] {
        guard let keepBytes, isTooLarge(state), told.insert("size").inserted else { return [] }
        return [.tooSmall(bytes: state.bytes, limit: keepBytes)]
    }

    /// The notes of a run that has ended.
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
