import Synchronization

/// The state of one exchange, shared by the exchange and the list of a meter's open exchanges.
///
/// The list may hold it longer than the exchange lasts, so that any thread can end it at any moment.
final class ExchangeState: Sendable {
    let machine: Mutex<ExchangeStateMachine>
    /// The API endpoint that the request names.
    let endpoint: Endpoint
    /// The monotonic nanoseconds of the start.
    let startedAt: Int64
    /// SAFETY: only the list reads and writes it, under its lock.
    nonisolated(unsafe) var links = OpenExchanges.Links()

    private let clock: any UsageClock
    private let objects: BilledObjects
    private let decision: AttemptDecision?

    init(
        _ machine: consuming sending ExchangeStateMachine,
        endpoint: Endpoint,
        startedAt: Int64,
        configuration: ExchangeConfiguration,
        decision: AttemptDecision?
    ) {
        self.machine = Mutex(machine)
        self.endpoint = endpoint
        self.startedAt = startedAt
        clock = configuration.clock
        objects = configuration.objects
        self.decision = decision
    }

    /// Ends the attempt and returns its record, the first time, but stays in the list.
    func take(_ ending: TransportEnd, errorType: String? = nil, errorCode: String? = nil) -> CallRecordBuilder? {
        let now = clock.monotonicNanoseconds
        return machine.withLock {
            $0.finish(ending, errorType: errorType, errorCode: errorCode, objects: objects, at: now)
        }
    }

    /// The record as far as it is known; `nil` if the attempt has ended.
    func openRecord() -> CallRecord? {
        // An interim record of what turns out to be no attempt would stay open for ever.
        if decision?.isOpen == true { return nil }
        let now = clock.monotonicNanoseconds
        return machine.withLock { $0.snapshot(at: now) }
    }
}
