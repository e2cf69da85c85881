import Dispatch
package import Logging
package import OpenAIUsageLedger

/// The log lines about a ledger's writer.
///
/// They are written on a thread of their own: a log that nobody reads must not keep the writer from writing.
package struct LedgerLog: Sendable {
    private let logger: Logger
    private let queue = DispatchQueue(label: "oai-usage.ledger.log")

    /// Creates a log.
    package init(_ logger: Logger) {
        self.logger = logger
    }

    /// Tells what has changed.
    package func tell(_ change: LedgerStatusChange) {
        let level: Logger.Level =
            switch change.kind {
            case .recovered: change.dropped == 0 ? .notice : .error
            case .failed, .replaced: .error
            }
        queue.async {
            logger.log(level: level, "\(change)", metadata: ["error": "\(change.trouble.code.rawValue)"])
        }
    }
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
