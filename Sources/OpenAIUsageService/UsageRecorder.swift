import OpenAIUsage
import OpenAIUsageLedger
import OpenAIUsageMetrics
import OpenAIUsagePricing

/// Prices records, counts them, and hands them to the ledger; ledger and metrics are there or not.
struct UsageRecorder: UsageSink {
    let book: PriceBook
    let ledger: Ledger?
    let metrics: UsageMetrics?

    func record(_ record: CallRecord) {
        let record = priced(record)
        metrics?.record(record)
        ledger?.record(record)
    }

    func recordOpen(_ record: CallRecord) {
        ledger?.recordOpen(priced(record))
    }

    /// Connects the metrics with the ledger's own figures.
    func connect() {
        metrics?.setPriceTableUpdated(timestampSeconds: UTCDay(book.asOf).map { Double($0.number) * 86_400 })
        guard let ledger, let metrics else { return }
        metrics.registerStore {
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
                lateReleases: 0
            )
        }
    }

    private func priced(_ record: CallRecord) -> CallRecord {
        var record = record
        record.cost = book.cost(of: record)
        return record
    }
}
