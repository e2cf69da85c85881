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
    /// Counts records when they are committed, or lost.
    private let counter: (@Sendable (CallRecord, CommitOutcome) -> Void)?
    private let observer: (@Sendable (CallRecord) -> Void)?
    /// True if all records are counted with their commit, and not only those of which the ledger decides whether they are.
    private let countsCommitted: Bool

    /// Creates a recorder.
    ///
    /// - Parameters:
    ///   - book: The book that calls are priced with.
    ///   - ledger: Where records are kept.
    ///   - metrics: What counts them.
    ///   - observer: Called with each record of a call that has ended, with its cost, on any thread.
    ///   - countsCommitted: True to count records on the ledger's thread when they are committed, a little later but without the
    ///     caller's time.
    package init(
        book: PriceBook,
        ledger: Ledger?,
        metrics: UsageMetrics?,
        observer: (@Sendable (CallRecord) -> Void)? = nil,
        countsCommitted: Bool = false
    ) {
        prices = CurrentPriceBook(book)
        self.ledger = ledger
        self.metrics = metrics
        self.observer = observer
        self.countsCommitted = countsCommitted
        counter = metrics == nil && observer == nil ? nil : Self.counting(in: metrics, observer)
    }

    private static func counting(
        in metrics: UsageMetrics?,
        _ observer: (@Sendable (CallRecord) -> Void)?
    ) -> @Sendable (CallRecord, CommitOutcome) -> Void {
        { record, outcome in
            guard outcome == .writtenUncounted else {
                metrics?.record(record)
                observer?(record)
                return
            }
            var record = record
            record.isCounted = false
            record.cost = CallCost()
            metrics?.record(record)
            observer?(record)
        }
    }

    /// The book that calls are priced with.
    package var book: PriceBook { prices.book }

    /// Prices calls with another book from now on.
    package func use(_ book: PriceBook) {
        prices.replace(book)
        tellPriceTable()
    }

    package func record(_ record: CallRecord) { submit(record, waiter: nil) }
    package func recordOpen(_ record: CallRecord) { submitOpen(record, waiter: nil) }

    /// Takes the record of a call that has ended.
    ///
    /// - Parameters:
    ///   - record: The record.
    ///   - waiter: Called once on any thread when the record is kept, cannot be, or must wait for a ledger in trouble; not
    ///     called if it is kept already.
    /// - Returns: True if the record is kept already.
    @discardableResult
    package func submit(_ record: consuming CallRecord, waiter: (@Sendable (CommitOutcome) -> Void)?) -> Bool {
        price(&record)
        guard let ledger else {
            tell(record)
            return true
        }
        // An object that this process does not remember may have been counted by an old row.
        if countsCommitted || Self.isDecidedByLedger(record) {
            return ledger.record(record, waiter: waiter, observer: counter)
        }
        tell(record)
        return ledger.record(record, waiter: waiter)
    }

    private func tell(_ record: CallRecord) {
        metrics?.record(record)
        observer?(record)
    }

    private static func isDecidedByLedger(_ record: borrowing CallRecord) -> Bool {
        record.isCounted && record.endpoint.accounting == .onceByObject && record.settledCall == nil
    }

    /// Takes an interim record, as ``submit(_:waiter:)`` takes a final one.
    @discardableResult
    package func submitOpen(_ record: consuming CallRecord, waiter: (@Sendable (CommitOutcome) -> Void)?) -> Bool {
        price(&record)
        guard let ledger else { return true }
        return ledger.recordOpen(record, waiter: waiter)
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

    private func price(_ record: inout CallRecord) { record.cost = book.cost(of: record) }
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
