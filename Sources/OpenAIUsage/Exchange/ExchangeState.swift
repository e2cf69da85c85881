import Synchronization

/// The state of one exchange, shared by the exchange and the list of a meter's exchanges in flight.
///
/// The list may retain it longer than the exchange lasts, so that any thread can end it at any time.
final class ExchangeState: Sendable {
    let machine: Mutex<ExchangeStateMachine>
    /// The API endpoint of the request.
    let endpoint: Endpoint
    /// The start, in monotonic nanoseconds.
    let startedAt: Int64
    /// SAFETY: only the list reads and writes it, under its lock.
    nonisolated(unsafe) var links = OpenExchanges.Links()

    private let clock: any UsageClock
    private let objects: BilledObjects
    private let decision: AttemptDecision?
    /// Receives the record if the attempt is recorded; `nil` if only the meter's sink does.
    let recorder: RecordedAttemptSink?

    init(
        _ machine: consuming sending ExchangeStateMachine,
        endpoint: Endpoint,
        startedAt: Int64,
        configuration: ExchangeConfiguration,
        decision: AttemptDecision?,
        recorder: RecordedAttemptSink?
    ) {
        self.machine = Mutex(machine)
        self.endpoint = endpoint
        self.startedAt = startedAt
        clock = configuration.clock
        objects = configuration.objects
        self.decision = decision
        self.recorder = recorder
    }

    /// Ends the attempt and returns the builder of its record, the first time; the state stays in the list.
    func take(_ ending: TransportEnd, errorType: String? = nil, errorCode: String? = nil) -> CallRecordBuilder? {
        let now = clock.monotonicNanoseconds
        return machine.withLock {
            $0.finish(ending, errorType: errorType, errorCode: errorCode, objects: objects, at: now)
        }
    }

    /// True if the attempt has ended, and its record was delivered or is about to be.
    var hasEnded: Bool {
        if decision?.isOpen == true { return false }
        return machine.withLock { $0.hasEnded }
    }

    /// The record so far; `nil` if the attempt has ended, or if its ``AttemptDecision`` is open.
    func openRecord() -> CallRecord? {
        // The interim record of a request that turns out to be no attempt would stay open forever.
        if decision?.isOpen == true { return nil }
        let now = clock.monotonicNanoseconds
        return machine.withLock { $0.snapshot(at: now) }
    }
}
