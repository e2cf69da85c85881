import Synchronization

/// The records of the attempts that are made inside a closure.
///
/// ```swift
/// let (answer, calls) = try await meter.recording {
///     try await client.chat("Hello")
/// }
/// print(calls.map { $0.cost.usd?.description ?? "unpriced" })
/// ```
///
/// A recording that is created by the program keeps what it has received when the closure throws:
///
/// ```swift
/// let recording = CallRecording()
/// do {
///     try await meter.recording(into: recording) { try await client.chat("Hello") }
/// } catch {
///     logger.error("failed after \(recording.calls.count) attempts")
/// }
/// ```
public final class CallRecording: Sendable {
    private let records = Mutex<[CallRecord]>([])
    fileprivate let sleep: @Sendable (Duration) async throws -> Void

    /// Creates an empty recording.
    public convenience init() { self.init { try await Task.sleep(for: $0) } }

    /// Creates an empty recording with a clock of its own, for tests.
    ///
    /// - Parameter sleep: Waits for the grace; throws if the task is cancelled.
    package init(sleep: @escaping @Sendable (Duration) async throws -> Void) {
        self.sleep = sleep
    }

    /// The records of the attempts that have ended, in the order of their ends.
    public var calls: [CallRecord] { records.withLock { $0 } }

    fileprivate func add(_ record: CallRecord) { records.withLock { $0.append(record) } }
}

/// A closure whose attempts are recorded, with the closures around it.
final class RecordingScope: Sendable {
    @TaskLocal static var current: RecordingScope?

    private struct State {
        /// The attempts that have begun and not ended.
        var inFlight: [ObjectIdentifier: Weak] = [:]
        /// The attempts that are waited for.
        var awaited: Set<ObjectIdentifier> = []
        var waiter: CheckedContinuation<Void, Never>?
    }

    /// SAFETY: weak references are loaded and stored under the scope's lock only.
    private struct Weak: @unchecked Sendable {
        weak var exchange: ExchangeState?
    }

    let meter: ObjectIdentifier
    let outer: RecordingScope?
    private let recording: CallRecording
    private let state = Mutex(State())

    init(_ recording: CallRecording, _ meter: ObjectIdentifier, outer: RecordingScope?) {
        self.recording = recording
        self.meter = meter
        self.outer = outer
    }

    private var isIdle: Bool { state.withLock { $0.inFlight.isEmpty } }

    func begin(_ attempt: ObjectIdentifier, _ exchange: ExchangeState) {
        state.withLock { $0.inFlight[attempt] = Weak(exchange: exchange) }
    }

    /// Ends an attempt and adds its record; `nil` for an attempt that was withdrawn.
    func end(_ attempt: ObjectIdentifier, _ record: CallRecord?) {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard state.inFlight.removeValue(forKey: attempt) != nil else { return nil }
            // Under the lock, so that the record is there as soon as the attempt is not in flight.
            if let record { recording.add(record) }
            state.awaited.remove(attempt)
            return state.awaited.isEmpty ? state.waiter.take() : nil
        }
        waiter?.resume()
    }

    /// Waits until the attempts in flight have ended, the grace is over, or the task is cancelled.
    func finish(within grace: Duration) async {
        if !isIdle, grace > .zero {
            await withTaskGroup(of: Void.self) { [recording] group in
                group.addTask { await self.untilEnded { _ in true } }
                // It throws only when it is cancelled, which ends the wait, too.
                group.addTask { try? await recording.sleep(grace) }
                await group.next()
                group.cancelAll()
            }
        }
        addOpen()
        // Another thread is about to deliver the records of attempts that have just ended.
        await untilEnded { $0?.hasEnded ?? false }
    }

    /// Waits until the chosen attempts have ended, or the task is cancelled; one caller at a time may wait.
    private func untilEnded(where isAwaited: (ExchangeState?) -> Bool) async {
        let exchanges = state.withLock { $0.inFlight.mapValues(\.exchange) }
        let chosen = Set(exchanges.filter { isAwaited($0.value) }.keys)
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDone = state.withLock { state in
                    state.awaited = chosen.intersection(state.inFlight.keys)
                    if state.awaited.isEmpty || Task.isCancelled { return true }
                    state.waiter = continuation
                    return false
                }
                if isDone { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiter.take() }?.resume()
        }
    }

    /// Adds the records so far of the attempts in flight, which are not waited for any more.
    ///
    /// An attempt without such a record has ended on another thread, which delivers its record next, or may still be
    /// withdrawn: its record is added when it arrives.
    private func addOpen() {
        let inFlight = state.withLock { state in state.inFlight.mapValues(\.exchange) }
        var open: [CallRecord] = []
        for (attempt, exchange) in inFlight {
            guard let record = exchange?.openRecord() else { continue }
            let isInFlight = state.withLock { $0.inFlight.removeValue(forKey: attempt) != nil }
            if isInFlight { open.append(record) }
        }
        for record in open.sorted(by: { $0.id < $1.id }) { recording.add(record) }
    }
}

/// Hands an attempt's record to the meter's sink and to the recordings around it.
///
/// An attempt that is withdrawn has no record: then the sink goes away unused.
final class RecordedAttemptSink: UsageSink {
    private let sink: any UsageSink
    private let scopes: [RecordingScope]
    private let price: (@Sendable (inout CallRecord) -> Void)?

    init(_ sink: any UsageSink, _ scopes: [RecordingScope], price: (@Sendable (inout CallRecord) -> Void)?) {
        self.sink = sink
        self.scopes = scopes
        self.price = price
    }

    deinit {
        for scope in scopes { scope.end(ObjectIdentifier(self), nil) }
    }

    func begin(_ exchange: ExchangeState) {
        for scope in scopes { scope.begin(ObjectIdentifier(self), exchange) }
    }

    func record(_ record: CallRecord) {
        sink.record(record)
        var record = record
        price?(&record)
        for scope in scopes { scope.end(ObjectIdentifier(self), record) }
    }

    func recordOpen(_ record: CallRecord) { sink.recordOpen(record) }
}

extension UsageMeter {
    /// Runs a closure and returns the records of the attempts that are made in it, with their costs.
    ///
    /// All attempts of this meter count that begin in the closure's task or its child tasks: retries, calls in parallel,
    /// streams. Detached tasks do not belong to it. When the closure has returned, attempts that have not ended are waited
    /// for, since some clients end a call on a thread of their own; a stream that leaves the closure unread does not end, and
    /// stands in the result as ``Outcome/open`` when the grace is over. Sinks receive the records as ever. Recordings may be
    /// nested; each receives the attempts inside.
    ///
    /// A record bears the cost of its call alone: that an older row of the ledger has counted the same object is not known
    /// to it.
    ///
    /// - Parameters:
    ///   - grace: How long to wait for attempts in flight, once the closure has returned.
    ///   - body: The closure.
    /// - Returns: The closure's result, and the records in the order of their ends.
    /// - Throws: The closure's error. To see the attempts that led to it, use ``recording(into:grace:_:)``. If the task is
    ///   cancelled nothing is waited for.
    public func recording<Value>(
        grace: Duration = .seconds(5),
        _ body: () async throws -> Value
    ) async rethrows -> (value: Value, calls: [CallRecord]) {
        let recording = CallRecording()
        let value = try await self.recording(into: recording, grace: grace, body)
        return (value, recording.calls)
    }

    /// Runs a closure and adds the records of the attempts that are made in it to a recording, as
    /// ``recording(grace:_:)`` does.
    ///
    /// - Parameters:
    ///   - recording: The recording, which keeps the records if the closure throws, too. Several closures may share one.
    ///   - grace: How long to wait for attempts in flight, once the closure has returned or thrown.
    ///   - body: The closure.
    /// - Returns: The closure's result.
    /// - Throws: The closure's error.
    public func recording<Value>(
        into recording: CallRecording,
        grace: Duration = .seconds(5),
        _ body: () async throws -> Value
    ) async rethrows -> Value {
        let scope = RecordingScope(recording, ObjectIdentifier(self), outer: RecordingScope.current)
        let value: Value
        do {
            value = try await RecordingScope.$current.withValue(scope, operation: body)
        } catch {
            await scope.finish(within: grace)
            throw error
        }
        await scope.finish(within: grace)
        return value
    }

    /// The scopes of this meter around the current task, the innermost first.
    var recordingScopes: [RecordingScope] {
        var scopes: [RecordingScope] = []
        var scope = RecordingScope.current
        while let current = scope {
            if current.meter == ObjectIdentifier(self) { scopes.append(current) }
            scope = current.outer
        }
        return scopes
    }
}
