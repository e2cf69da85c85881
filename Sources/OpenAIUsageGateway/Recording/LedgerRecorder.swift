import OpenAIUsage
import OpenAIUsageLedger
import OpenAIUsageMetrics
import OpenAIUsagePricing
import OpenAIUsageService
import Synchronization

/// Prices records, counts them, and hands them to the ledger; counts what was not kept in time.
final class LedgerRecorder: CallRecorder {
    private let recorder: UsageRecorder
    private let lateReleases = Atomic<Int64>(0)
    private let metrics: UsageMetrics

    init(book: PriceBook, metrics: UsageMetrics, ledger: Ledger?, accessLog: AccessLog? = nil) {
        self.metrics = metrics
        for reason in IncludeUsage.Note.allCases { metrics.countUsageNotAsked(reason: reason.rawValue, by: 0) }
        for event in DataPlaneEvent.allCases { metrics.countGatewayEvent(event.rawValue, by: 0) }
        for limit in DataPlaneLimit.allCases { metrics.countGatewayLimit(limit.rawValue, by: 0) }
        metrics.changeGatewayWaitingCalls(by: 0)
        metrics.changeGatewayConnections(by: 0)
        var observer: (@Sendable (CallRecord) -> Void)?
        if let accessLog { observer = { accessLog.write($0) } }
        recorder = UsageRecorder(
            book: book,
            ledger: ledger,
            metrics: metrics,
            observer: observer,
            countsCommitted: true
        )
    }

    /// Connects the metrics with the ledger's own figures.
    func observeLedger() {
        recorder.connect { [weak self] in self?.lateReleases.load(ordering: .relaxed) ?? 0 }
    }

    /// The book that calls are priced with.
    var book: PriceBook { recorder.book }

    /// Prices calls with another book from now on.
    func use(_ book: PriceBook) { recorder.use(book) }

    func record(_ record: CallRecord) { recorder.record(record) }
    func recordOpen(_ record: CallRecord) { recorder.recordOpen(record) }

    func submit(_ record: consuming CallRecord, waiter: (@Sendable () -> Void)?) -> Bool {
        recorder.submit(record, waiter: waiter.map(noting(_:)))
    }

    func submitOpen(_ record: consuming CallRecord, waiter: (@Sendable () -> Void)?) -> Bool {
        recorder.submitOpen(record, waiter: waiter.map(noting(_:)))
    }

    /// Counts a release that a ledger in trouble did not let wait for its commit.
    private func noting(_ waiter: @escaping @Sendable () -> Void) -> @Sendable (CommitOutcome) -> Void {
        { [weak self] outcome in
            if outcome == .postponed { self?.releasedLate() }
            waiter()
        }
    }

    func callStarted(_ endpoint: Endpoint) { recorder.changeInFlight(endpoint, by: 1) }
    func callEnded(_ endpoint: Endpoint) { recorder.changeInFlight(endpoint, by: -1) }
    func usageNotAsked(_ reason: IncludeUsage.Note) { metrics.countUsageNotAsked(reason: reason.rawValue) }
    func count(_ event: DataPlaneEvent) { metrics.countGatewayEvent(event.rawValue) }
    func reached(_ limit: DataPlaneLimit) { metrics.countGatewayLimit(limit.rawValue) }
    func changeWaiting(by change: Int) { metrics.changeGatewayWaitingCalls(by: Int64(change)) }
    func changeConnections(by change: Int) { metrics.changeGatewayConnections(by: Int64(change)) }
    func releasedLate() { lateReleases.add(1, ordering: .relaxed) }
}
