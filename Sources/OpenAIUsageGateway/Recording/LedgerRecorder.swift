import OpenAIUsage
import OpenAIUsageLedger
import OpenAIUsageMetrics
import OpenAIUsagePricing
import Synchronization

/// Prices records, counts them, and hands them to the ledger.
final class LedgerRecorder: CallRecorder {
    private let book: PriceBook
    private let metrics: UsageMetrics
    private let ledger: Ledger
    private let lateReleases = Atomic<Int64>(0)

    init(book: PriceBook, metrics: UsageMetrics, ledger: Ledger) {
        self.book = book
        self.metrics = metrics
        self.ledger = ledger
    }

    /// Connects the metrics with the ledger's own figures.
    func observeLedger() {
        metrics.setPriceTableUpdated(timestampSeconds: UTCDay(book.asOf).map { Double($0.number) * 86_400 })
        metrics.registerStore { [weak self, ledger] in
            let statistics = ledger.statistics
            return StoreSnapshot(
                captured: statistics.captured,
                written: statistics.written,
                dropped: DropReason.allCases.map { ($0.rawValue, statistics.dropped[$0] ?? 0) },
                queued: statistics.queued,
                capacity: statistics.capacity,
                errors: [("write", statistics.errors)],
                sizeBytes: statistics.fileSize.map { $0 + (statistics.logSize ?? 0) },
                lastWriteTimestampSeconds: statistics.lastCommit.map { Double($0) / 1_000_000 },
                lateReleases: self?.lateReleases.load(ordering: .relaxed) ?? 0
            )
        }
    }

    func record(_ record: CallRecord) { submit(record, onCommit: nil) }
    func recordOpen(_ record: CallRecord) { submitOpen(record, onCommit: nil) }

    func submit(_ record: CallRecord, onCommit: (@Sendable () -> Void)?) {
        var record = record
        record.cost = book.cost(of: record)
        metrics.record(record)
        if let onCommit {
            ledger.record(record) { _ in onCommit() }
        } else {
            ledger.record(record)
        }
    }

    func submitOpen(_ record: CallRecord, onCommit: (@Sendable () -> Void)?) {
        var record = record
        record.cost = book.cost(of: record)
        if let onCommit {
            ledger.recordOpen(record) { _ in onCommit() }
        } else {
            ledger.recordOpen(record)
        }
    }

    func callStarted(_ endpoint: Endpoint) { metrics.callStarted(operation: CallOperation(endpoint)) }
    func callEnded(_ endpoint: Endpoint) { metrics.callEnded(operation: CallOperation(endpoint)) }
    func releasedLate() { lateReleases.add(1, ordering: .relaxed) }
}
