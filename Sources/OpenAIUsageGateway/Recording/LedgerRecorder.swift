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
    let events = DataPlaneEvents()

    init(book: PriceBook, metrics: UsageMetrics, ledger: Ledger) {
        self.metrics = metrics
        for reason in IncludeUsage.Note.allCases { metrics.countUsageNotAsked(reason: reason.rawValue, by: 0) }
        recorder = UsageRecorder(book: book, ledger: ledger, metrics: metrics)
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

    func submit(_ record: CallRecord, onCommit: (@Sendable () -> Void)?) {
        recorder.submit(record, onCommit: onCommit.map(noting(_:)))
    }

    func submitOpen(_ record: CallRecord, onCommit: (@Sendable () -> Void)?) {
        recorder.submitOpen(record, onCommit: onCommit.map(noting(_:)))
    }

    /// Counts a release that a ledger in trouble did not let wait for its commit.
    private func noting(_ onCommit: @escaping @Sendable () -> Void) -> @Sendable (CommitOutcome) -> Void {
        { [weak self] outcome in
            if outcome == .postponed { self?.releasedLate() }
            onCommit()
        }
    }

    func callStarted(_ endpoint: Endpoint) { recorder.changeInFlight(endpoint, by: 1) }
    func callEnded(_ endpoint: Endpoint) { recorder.changeInFlight(endpoint, by: -1) }
    func usageNotAsked(_ reason: IncludeUsage.Note) { metrics.countUsageNotAsked(reason: reason.rawValue) }
    func count(_ event: DataPlaneEvent) { events.count(event) }
    func changeWaiting(by change: Int) { events.waiting.add(change, ordering: .relaxed) }
    func releasedLate() { lateReleases.add(1, ordering: .relaxed) }
}

/// How often what happened on the data plane.
final class DataPlaneEvents: Sendable {
    private let counts = Mutex<[DataPlaneEvent: Int64]>([:])
    /// How many calls wait for a connection to the upstream.
    let waiting = Atomic<Int>(0)

    func count(_ event: DataPlaneEvent) { counts.withLock { $0[event, default: 0] += 1 } }

    /// How often an event has happened.
    subscript(event: DataPlaneEvent) -> Int64 { counts.withLock { $0[event] ?? 0 } }
}
