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
    /// The innermost recording of the current task, with those around it.
    final class Scope: Sendable {
        let recording: CallRecording
        let meter: ObjectIdentifier
        let outer: Scope?

        init(_ recording: CallRecording, _ meter: ObjectIdentifier, outer: Scope?) {
            self.recording = recording
            self.meter = meter
            self.outer = outer
        }
    }

    @TaskLocal static var scope: Scope?

    private struct State {
        var calls: [CallRecord] = []
        /// The exchanges that have begun and not ended.
        var inFlight: [ObjectIdentifier: Weak] = [:]
        var waiter: CheckedContinuation<Void, Never>?
    }

    /// SAFETY: weak references are loaded and stored under the recording's lock only.
    private struct Weak: @unchecked Sendable {
        weak var state: ExchangeState?
    }

    private let state = Mutex(State())

    /// Creates an empty recording.
    public init() {}

    /// The records of the attempts that have ended, in the order of their ends.
    public var calls: [CallRecord] { state.withLock { $0.calls } }

    /// The number of attempts in flight.
    public var callsInFlight: Int { state.withLock { $0.inFlight.count } }

    func begin(_ attempt: ObjectIdentifier, _ exchange: ExchangeState) {
        state.withLock { $0.inFlight[attempt] = Weak(state: exchange) }
    }

    /// Takes the record of an attempt that has ended; `nil` for one that turned out to be none.
    func end(_ attempt: ObjectIdentifier, _ record: CallRecord?) {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard state.inFlight.removeValue(forKey: attempt) != nil else { return nil }
            if let record { state.calls.append(record) }
            guard state.inFlight.isEmpty else { return nil }
            return state.waiter.take()
        }
        waiter?.resume()
    }

    /// Returns when no attempt is in flight, or the task is cancelled.
    func untilEnded() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDone = state.withLock { state in
                    if state.inFlight.isEmpty || Task.isCancelled { return true }
                    state.waiter = continuation
                    return false
                }
                if isDone { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiter.take() }?.resume()
        }
    }

    /// Adds the records so far of the attempts that are still in flight, and waits for them no more.
    func addOpen() {
        let exchanges = state.withLock { state in
            defer { state.inFlight = [:] }
            return state.inFlight.values.compactMap(\.state)
        }
        let records = exchanges.compactMap { $0.openRecord() }.sorted { $0.id < $1.id }
        state.withLock { $0.calls += records }
    }
}

/// Hands an attempt's record to the meter's sink and to the recordings around it.
///
/// An attempt that is withdrawn has no record: then the sink goes away unused.
final class RecordedAttemptSink: UsageSink {
    private let sink: any UsageSink
    private let recordings: [CallRecording]
    private let price: (@Sendable (inout CallRecord) -> Void)?

    init(_ sink: any UsageSink, _ recordings: [CallRecording], price: (@Sendable (inout CallRecord) -> Void)?) {
        self.sink = sink
        self.recordings = recordings
        self.price = price
    }

    deinit {
        for recording in recordings { recording.end(ObjectIdentifier(self), nil) }
    }

    func begin(_ exchange: ExchangeState) {
        for recording in recordings { recording.begin(ObjectIdentifier(self), exchange) }
    }

    func record(_ record: CallRecord) {
        sink.record(record)
        var record = record
        price?(&record)
        for recording in recordings { recording.end(ObjectIdentifier(self), record) }
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
    ///   - recording: The recording, which keeps the records if the closure throws, too.
    ///   - grace: How long to wait for attempts in flight, once the closure has returned or thrown.
    ///   - body: The closure.
    /// - Returns: The closure's result.
    /// - Throws: The closure's error.
    public func recording<Value>(
        into recording: CallRecording,
        grace: Duration = .seconds(5),
        _ body: () async throws -> Value
    ) async rethrows -> Value {
        let scope = CallRecording.Scope(recording, ObjectIdentifier(self), outer: CallRecording.scope)
        let value: Value
        do {
            value = try await CallRecording.$scope.withValue(scope, operation: body)
        } catch {
            await Self.finish(recording, grace)
            throw error
        }
        await Self.finish(recording, grace)
        return value
    }

    private static func finish(_ recording: CallRecording, _ grace: Duration) async {
        if recording.callsInFlight > 0, grace > .zero {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await recording.untilEnded() }
                group.addTask { try? await Task.sleep(for: grace) }
                await group.next()
                group.cancelAll()
            }
        }
        recording.addOpen()
    }

    /// The recordings of this meter around the current task, the innermost first.
    var recordings: [CallRecording] {
        var recordings: [CallRecording] = []
        var scope = CallRecording.scope
        while let current = scope {
            if current.meter == ObjectIdentifier(self) { recordings.append(current.recording) }
            scope = current.outer
        }
        return recordings
    }
}
