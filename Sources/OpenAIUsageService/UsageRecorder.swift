package import OpenAIUsage
package import OpenAIUsageLedger
package import OpenAIUsageMetrics
package import OpenAIUsagePricing
import Synchronization

/// Prices records, counts them, and hands them to the ledger; ledger and metrics are there or not.
package struct UsageRecorder: UsageSink {
    private let prices: CurrentPriceBook
    private let ledger: Ledger?
    private let metrics: UsageMetrics?
    private let observer: (@Sendable (CallRecord) -> Void)?

    /// Creates a recorder.
    ///
    /// - Parameters:
    ///   - book: The book that calls are priced with.
    ///   - ledger: Where records are kept.
    ///   - metrics: What counts them.
    ///   - observer: Called with each record of a call that has ended, with its cost, on any thread.
    package init(
        book: PriceBook,
        ledger: Ledger?,
        metrics: UsageMetrics?,
        observer: (@Sendable (CallRecord) -> Void)? = nil
    ) {
        prices = CurrentPriceBook(book)
        self.ledger = ledger
        self.metrics = metrics
        self.observer = observer
    }

    /// The book that calls are priced with.
    package var book: PriceBook { prices.book }

    /// Prices calls with another book from now on.
    package func use(_ book: PriceBook) {
        prices.replace(book)
        tellPriceTable()
    }

    package func record(_ record: CallRecord) { submit(record, onCommit: nil) }
    package func recordOpen(_ record: CallRecord) { submitOpen(record, onCommit: nil) }

    /// Takes the record of a call that has ended.
    ///
    /// - Parameters:
    ///   - record: The record.
    ///   - onCommit: Called once on any thread when the record is kept, cannot be, or must wait for a ledger in trouble.
    package func submit(_ record: CallRecord, onCommit: (@Sendable (CommitOutcome) -> Void)?) {
        let record = priced(record)
        guard let ledger else {
            tell(record)
            onCommit?(.written)
            return
        }
        if metrics != nil || observer != nil, Self.isDecidedByLedger(record) {
            // An object that this process does not remember may have been counted by an old row.
            ledger.record(record) { outcome in
                var record = record
                if outcome == .writtenUncounted {
                    record.isCounted = false
                    record.cost = CallCost()
                }
                tell(record)
                onCommit?(outcome)
            }
            return
        }
        tell(record)
        if let onCommit { ledger.record(record, onCommit: onCommit) } else { ledger.record(record) }
    }

    private func tell(_ record: CallRecord) {
        metrics?.record(record)
        observer?(record)
    }

    private static func isDecidedByLedger(_ record: CallRecord) -> Bool {
        record.isCounted && record.endpoint.accounting == .onceByObject && record.settledCall == nil
    }

    /// Takes an interim record, as ``submit(_:onCommit:)`` takes a final one.
    package func submitOpen(_ record: CallRecord, onCommit: (@Sendable (CommitOutcome) -> Void)?) {
        let record = priced(record)
        guard let onCommit else {
            ledger?.recordOpen(record)
            return
        }
        guard let ledger else { return onCommit(.written) }
        ledger.recordOpen(record, onCommit: onCommit)
    }

    /// Takes it that a call has begun, with 1, or ended, with -1.
    package func changeInFlight(_ endpoint: Endpoint, by change: Int64) {
        let operation = CallOperation(endpoint)
        if change > 0 { metrics?.callStarted(operation: operation) } else { metrics?.callEnded(operation: operation) }
    }

    /// Connects the metrics with the ledger's own figures.
    ///
    /// - Parameter lateReleases: How many responses were released before their records were kept.
    package func connect(lateReleases: @escaping @Sendable () -> Int64 = { 0 }) {
        tellPriceTable()
        metrics?.setListedModels { book.model(listedAs: $0) != nil }
        guard let ledger, let metrics else { return }
        metrics.registerStore {
            let statistics = ledger.statistics
            return StoreSnapshot(
                captured: statistics.captured,
                written: statistics.written,
                dropped: DropReason.allCases.map { ($0.rawValue, statistics.dropped[$0] ?? 0) },
                queued: statistics.queued,
                capacity: statistics.capacity,
                errors: LedgerError.Code.allCases.compactMap { code in
                    statistics.errorsByCode[code].map { (code.rawValue, $0) }
                },
                isUp: statistics.trouble == nil,
                sizeBytes: statistics.fileSize.map { $0 + (statistics.logSize ?? 0) },
                lastWriteTimestampSeconds: statistics.lastCommit.map { Double($0) / 1_000_000 },
                lateReleases: lateReleases()
            )
        }
    }

    private func tellPriceTable() {
        metrics?.setPriceTableUpdated(timestampSeconds: UTCDay(book.asOf).map { Double($0.number) * 86_400 })
    }

    private func priced(_ record: CallRecord) -> CallRecord {
        var record = record
        record.cost = book.cost(of: record)
        return record
    }
}

/// The book that calls are priced with now, which may be replaced while they are.
private final class CurrentPriceBook: Sendable {
    private let value: Mutex<PriceBook>

    init(_ book: PriceBook) {
        value = Mutex(book)
    }

    var book: PriceBook { value.withLock { $0 } }

    func replace(_ book: PriceBook) { value.withLock { $0 = book } }
}
