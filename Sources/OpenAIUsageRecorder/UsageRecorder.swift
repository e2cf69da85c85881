package import OpenAIUsage
package import OpenAIUsageLedger
package import OpenAIUsageMetrics
package import OpenAIUsagePricing
import Synchronization

/// A sink that prices records, counts them in metrics and stores them in a ledger.
package final class UsageRecorder: UsageSink {
    /// The price book, which may be replaced.
    private final class Prices: Sendable {
        let book: Mutex<PriceBook>

        init(_ book: PriceBook) { self.book = Mutex(book) }

        /// The savings by the cache; `nil` without any, which most calls are without.
        func cacheSavings(of record: CallRecord) -> Int64? {
            guard record.usage[.cachedInputTokens] ?? 0 > 0 else { return nil }
            return book.withLock { $0 }.cacheSavings(of: record)
        }
    }

    private let prices: Prices
    private let ledger: Ledger?
    private let metrics: UsageMetrics?
    private let sinks: [any UsageSink]
    /// Counts a record when it is committed or lost; `nil` if there is nothing to count in.
    private let counter: (@Sendable (CallRecord, CommitOutcome) -> Void)?
    /// True if every record is counted when it is committed, not only those that the ledger decides on.
    private let countsCommitted: Bool
    private let lateReleases = Atomic<Int64>(0)

    /// Creates a recorder.
    ///
    /// - Parameters:
    ///   - book: The prices.
    ///   - ledger: The ledger that stores records; `nil` to store none.
    ///   - metrics: The metrics that count records; `nil` to count none.
    ///   - sinks: Further sinks, which receive each priced record on any thread.
    ///   - countsCommitted: True to count every record on the ledger's thread when it is committed: a little later, but
    ///     without costing the caller time.
    package init(
        book: PriceBook,
        ledger: Ledger?,
        metrics: UsageMetrics?,
        sinks: [any UsageSink] = [],
        countsCommitted: Bool = false
    ) {
        prices = Prices(book)
        self.ledger = ledger
        self.metrics = metrics
        self.sinks = sinks
        self.countsCommitted = countsCommitted
        counter = metrics == nil && sinks.isEmpty ? nil : Self.counting(in: metrics, sinks, prices)
    }

    private static func counting(
        in metrics: UsageMetrics?,
        _ sinks: [any UsageSink],
        _ prices: Prices
    ) -> @Sendable (CallRecord, CommitOutcome) -> Void {
        { record, outcome in
            guard outcome == .writtenUncounted else {
                metrics?.record(record, cacheSavings: prices.cacheSavings(of: record))
                for sink in sinks { sink.record(record) }
                return
            }
            // An older row has already counted the object.
            var record = record
            record.isCounted = false
            record.cost = CallCost()
            metrics?.record(record)
            for sink in sinks { sink.record(record) }
        }
    }

    /// The prices.
    package var book: PriceBook { prices.book.withLock { $0 } }

    /// Replaces the prices; calls that have ended keep their cost.
    package func use(_ book: PriceBook) {
        prices.book.withLock { $0 = book }
        publishPriceDate()
    }

    package func record(_ record: CallRecord) { _ = keep(record, waiter: nil, isDeferred: false) }
    package func recordOpen(_ record: CallRecord) { _ = keepOpen(record, waiter: nil, isDeferred: false) }

    /// Prices, counts and stores the record of a call that has ended.
    ///
    /// - Parameters:
    ///   - record: The record.
    ///   - waiter: Called once, on any thread, when the record is stored, cannot be stored, or is postponed by a
    ///     failing ledger; not called if the record is stored already, or by ``flush()``.
    /// - Returns: True if the record survives the end of the process after ``flush()``, or without a ledger.
    package func submit(_ record: consuming CallRecord, waiter: (@Sendable () -> Void)?) -> Bool {
        keep(record, waiter: waiter, isDeferred: true)
    }

    /// Prices and stores an interim record, as ``submit(_:waiter:)`` does with a final one, but does not count it.
    package func submitOpen(_ record: consuming CallRecord, waiter: (@Sendable () -> Void)?) -> Bool {
        keepOpen(record, waiter: waiter, isDeferred: true)
    }

    /// Makes the submitted records survive the end of the process that have no waiter, all together; counts a response for
    /// each of them if that fails.
    package func flush() {
        guard let failures = ledger?.flushJournal(), failures > 0 else { return }
        lateReleases.add(Int64(failures), ordering: .relaxed)
    }

    private func keep(
        _ record: consuming CallRecord,
        waiter: (@Sendable () -> Void)?,
        isDeferred: Bool
    ) -> Bool {
        record.cost = book.cost(of: record)
        guard let ledger else {
            count(record)
            return true
        }
        // This process may not remember an object that an old row has counted.
        if countsCommitted || Self.isDecidedByLedger(record) {
            let waiter = waiter.map(countingLate(_:))
            return ledger.record(record, waiter: waiter, observer: counter, isDeferred: isDeferred)
        }
        count(record)
        return ledger.record(record, waiter: waiter.map(countingLate(_:)), isDeferred: isDeferred)
    }

    private func count(_ record: CallRecord) {
        metrics?.record(record, cacheSavings: prices.cacheSavings(of: record))
        for sink in sinks { sink.record(record) }
    }

    private static func isDecidedByLedger(_ record: borrowing CallRecord) -> Bool {
        record.isCounted && record.endpoint.accounting == .onceByObject && record.resolvedCall == nil
    }

    private func keepOpen(
        _ record: consuming CallRecord,
        waiter: (@Sendable () -> Void)?,
        isDeferred: Bool
    ) -> Bool {
        record.cost = book.cost(of: record)
        for sink in sinks { sink.recordOpen(record) }
        guard let ledger else { return true }
        return ledger.recordOpen(record, waiter: waiter.map(countingLate(_:)), isDeferred: isDeferred)
    }

    /// Wraps a waiter so that a release before the commit, as from a failing ledger, is counted.
    private func countingLate(_ waiter: @escaping @Sendable () -> Void) -> @Sendable (CommitOutcome) -> Void {
        { [weak self] outcome in
            if outcome == .postponed { self?.countLateRelease() }
            waiter()
        }
    }

    /// Notes that a response is released although the commit of its record takes long; counts it if the record may be lost.
    package func releaseLate() {
        if ledger?.journalAwaited() != true { countLateRelease() }
    }

    /// Counts a response that was released before its record was committed or journaled.
    private func countLateRelease() { lateReleases.add(1, ordering: .relaxed) }

    /// Counts a client that left while its call goes on.
    package func recordDisconnect(_ record: CallRecord) { metrics?.recordDisconnect(record) }

    /// Adjusts the number of calls in flight: 1 when a call starts, -1 when it ends.
    package func changeInFlight(_ endpoint: Endpoint, by change: Int64) {
        if change > 0 {
            metrics?.callStarted(operation: endpoint.operation)
        } else {
            metrics?.callEnded(operation: endpoint.operation)
        }
    }

    /// Connects the metrics to the ledger's statistics and to the models and the date of the price book.
    package func connect() {
        publishPriceDate()
        // The metrics may outlive the recorder, and need its prices.
        metrics?.setListedModels { [prices] name in prices.book.withLock { $0 }.model(listedAs: name) != nil }
        guard let ledger, let metrics else { return }
        createSeries(metrics, of: ledger)
        metrics.registerLedger { [weak self] in
            let statistics = ledger.statistics
            return LedgerSnapshot(
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
                lastWriteTimestampSeconds: statistics.lastCommitMicroseconds.map { Double($0) / 1_000_000 },
                lateReleases: self?.lateReleases.load(ordering: .relaxed) ?? 0
            )
        }
    }

    /// The time before the start within which calls have given their labels series at zero, in microseconds.
    private static let birthSpan: Int64 = 30 * 86_400_000_000

    /// Creates the series of the calls of the last 30 days, so that Prometheus sees their first increments.
    private func createSeries(_ metrics: UsageMetrics, of ledger: Ledger) {
        let now = SystemUsageClock().wallMicroseconds
        let query = ReportQuery(
            from: now - Self.birthSpan,
            to: now,
            groupBy: [.project, .model, .endpoint, .status, .serviceTier]
        )
        // Series without a beginning at zero are no reason not to start.
        guard let rows = try? LedgerReader(path: ledger.path).report(query).rows else { return }
        metrics.createSeries(rows.compactMap(Self.birth))
    }

    private static func birth(_ row: ReportRow) -> CallSeriesBirth? {
        guard let project = row.group[0], let endpoint = row.group[2] else { return nil }
        var birth = CallSeriesBirth(project: project, model: row.group[1], endpoint: endpoint)
        birth.status = row.group[3].flatMap { Int($0) } ?? 0
        birth.serviceTier = row.group[4]
        birth.hasSuccesses = row.calls > row.errors
        birth.hasReasoning = (row.reasoningTokens ?? 0) > 0
        return birth
    }

    private func publishPriceDate() {
        metrics?.setPriceBookUpdated(timestampSeconds: UTCDay(book.asOf).map { Double($0.number) * 86_400 })
    }
}
