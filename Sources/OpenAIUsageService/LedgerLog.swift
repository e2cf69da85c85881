import Dispatch
package import Logging
package import OpenAIUsage
package import OpenAIUsageLedger
import Synchronization

/// Logs the status changes of a ledger's writer, at most one line per minute for each kind and error code.
///
/// The lines are written on a dispatch queue of their own: a log output that blocks must not block the ledger's writer.
package final class LedgerLog: Sendable {
    private struct Kind: Hashable {
        var kind: LedgerStatusChange.Kind
        var code: LedgerError.Code
    }

    /// The time of the last line of a kind, in monotonic nanoseconds, and the number of lines suppressed since then.
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

    /// Logs a status change asynchronously.
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

    /// Returns the number of suppressed lines of a kind since the last one; `nil` if this one is suppressed too.
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

    /// Blocks until all lines are written.
    package func finish() { queue.sync {} }
}

/// Records that were lost because the program ended while its ledger could not be written.
public struct RecordsLostError: Error, Sendable, CustomStringConvertible {
    /// The number of records.
    public let count: Int64
    /// The reason why the ledger could not be written; `nil` if it is unknown.
    public let reason: String?

    /// The number of lost records and the reason.
    public var description: String {
        let records = count == 1 ? "1 record was" : "\(count) records were"
        return "\(records) lost, since the ledger could not be written before the end. \(reason ?? "")"
    }
}

extension Ledger {
    /// Closes the ledger.
    ///
    /// - Parameter limit: The time during which failed writes are retried; 5 seconds by default.
    /// - Throws: A ``RecordsLostError`` if records were lost.
    package func closeTelling(within limit: Duration = .seconds(5)) async throws {
        let statistics = await close(within: limit)
        let lost = statistics.dropped[.shutdown] ?? 0
        if lost > 0 { throw RecordsLostError(count: lost, reason: statistics.trouble?.description) }
    }
}
