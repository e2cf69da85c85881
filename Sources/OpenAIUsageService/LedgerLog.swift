import Dispatch
package import Logging
package import OpenAIUsage
package import OpenAIUsageLedger
import Synchronization

/// The log lines about a ledger's writer: of each kind of failure one a minute, however often it comes and goes.
///
/// They are written on a thread of their own: a log that nobody reads must not keep the writer from writing.
package final class LedgerLog: Sendable {
    private struct Kind: Hashable {
        var kind: LedgerStatusChange.Kind
        var code: LedgerError.Code
    }

    /// When a kind was written last, in monotonic nanoseconds, and the lines since then that were not.
    private struct Line {
        var time: Int64
        var repeated = 0
    }

    private static let interval: Int64 = 60_000_000_000
    private let logger: Logger
    private let clock: any UsageClock
    private let queue = DispatchQueue(label: "oai-usage.ledger.log")
    private let lines = Mutex<[Kind: Line]>([:])

    /// Creates a log.
    package init(_ logger: Logger, clock: any UsageClock = SystemUsageClock()) {
        self.logger = logger
        self.clock = clock
    }

    /// Tells what has changed.
    package func tell(_ change: LedgerStatusChange) {
        let level: Logger.Level =
            switch change.kind {
            case .recovered: change.dropped == 0 ? .notice : .error
            case .failed, .lasting, .replaced: .error
            }
        guard let repeated = repetitions(Kind(kind: change.kind, code: change.trouble.code)) else { return }
        var metadata: Logger.Metadata = ["error": "\(change.trouble.code.rawValue)"]
        if repeated > 0 { metadata["repeated"] = .stringConvertible(repeated) }
        queue.async { [logger, metadata] in logger.log(level: level, "\(change)", metadata: metadata) }
    }

    /// The lines of a kind that were not written since the last one; `nil` if this one is not to be written either.
    private func repetitions(_ kind: Kind) -> Int? {
        let now = clock.monotonicNanoseconds
        return lines.withLock { lines in
            if let line = lines[kind], now - line.time < Self.interval {
                lines[kind]?.repeated += 1
                return nil
            }
            defer { lines[kind] = Line(time: now) }
            return lines[kind]?.repeated ?? 0
        }
    }

    /// Waits until everything that was told is written.
    package func finish() { queue.sync {} }
}

/// The records that were lost because a program ended while its ledger could not be written.
public struct RecordsLostError: Error, Sendable, CustomStringConvertible {
    /// The number of records.
    public let count: Int64
    /// What kept the ledger from being written, if that is known.
    public let reason: String?

    /// What was lost and why.
    public var description: String {
        let records = count == 1 ? "1 record was" : "\(count) records were"
        return "\(records) lost, since the ledger could not be written before the end. \(reason ?? "")"
    }
}

extension Ledger {
    /// Closes the ledger.
    ///
    /// - Parameter limit: How long records that cannot be written are tried again.
    /// - Throws: A ``RecordsLostError`` if the end has lost records.
    package func closeTelling(within limit: Duration = .seconds(5)) async throws {
        let statistics = await close(within: limit)
        let lost = statistics.dropped[.shutdown] ?? 0
        if lost > 0 { throw RecordsLostError(count: lost, reason: statistics.trouble?.description) }
    }
}
