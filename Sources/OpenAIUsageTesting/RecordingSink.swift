public import OpenAIUsage
import Synchronization

/// A sink that keeps the records it receives, for tests.
///
/// ```swift
/// let sink = RecordingSink()
/// let transport = ScriptedTransport(.chat(model: "gpt-4o-mini", input: 21, output: 6))
///     .intercepted(by: UsageInterceptor(UsageMeter(sink: sink)))
/// _ = try await transport.send(.chat("gpt-4o-mini")).body.collect(upTo: 1_000)
/// let call = try sink.onlyRecord
/// ```
///
/// Records of calls in process are there when the call's body has been read or dropped. Adapters whose client ends a call
/// on a thread of its own deliver later: ``records(atLeast:)`` waits for them.
public final class RecordingSink: UsageSink {
    /// The test expected another number of records.
    public struct CountError: Error, CustomStringConvertible {
        /// The number of records that the sink has received.
        public let count: Int
        /// The number and the records, for the failure's text.
        public let description: String
    }

    private struct State {
        var records: [CallRecord] = []
        var openRecords: [CallRecord] = []
        var waiters: [Int: (count: Int, continuation: CheckedContinuation<Void, any Error>)] = [:]
        var nextWaiter = 0

        /// The continuations of those waiters whose count is reached.
        mutating func takeReady() -> [CheckedContinuation<Void, any Error>] {
            let ready = waiters.filter { $0.value.count <= records.count }
            for key in ready.keys { waiters[key] = nil }
            return ready.values.map(\.continuation)
        }
    }

    private let state = Mutex(State())

    /// Creates an empty sink.
    public init() {}

    /// The records of calls that have ended, in the order of their arrival.
    public var records: [CallRecord] { state.withLock { $0.records } }

    /// The interim records of calls in flight, in the order of their arrival.
    public var openRecords: [CallRecord] { state.withLock { $0.openRecords } }

    /// The one record of the test.
    ///
    /// - Throws: ``CountError`` if there is none, or more than one.
    public var onlyRecord: CallRecord {
        get throws {
            let records = records
            guard records.count == 1 else {
                let lines = records.map { "\($0.method) \($0.path) \($0.outcome.rawValue)" }
                throw CountError(
                    count: records.count,
                    description: "one record was expected, \(records.count) arrived"
                        + (lines.isEmpty ? "" : ": \(lines.joined(separator: "; "))")
                )
            }
            return records[0]
        }
    }

    /// Waits until a number of records has arrived.
    ///
    /// - Parameter count: The number of records.
    /// - Returns: All records so far, at least so many.
    /// - Throws: `CancellationError` if the task is cancelled, such as by a test's time limit.
    public func records(atLeast count: Int) async throws -> [CallRecord] {
        let key = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let isReady = state.withLock { state in
                    if state.records.count < count, !Task.isCancelled {
                        state.waiters[key] = (count, continuation)
                        return false
                    }
                    return true
                }
                if isReady {
                    continuation.resume(with: Task.isCancelled ? .failure(CancellationError()) : .success(()))
                }
            }
        } onCancel: {
            let waiter = state.withLock { $0.waiters.removeValue(forKey: key) }
            waiter?.continuation.resume(throwing: CancellationError())
        }
        return records
    }

    /// Forgets all records.
    public func removeAll() {
        state.withLock { state in
            state.records = []
            state.openRecords = []
        }
    }

    /// Keeps the record of a call that has ended.
    public func record(_ record: CallRecord) {
        let ready = state.withLock { state in
            state.records.append(record)
            return state.takeReady()
        }
        for continuation in ready { continuation.resume() }
    }

    /// Keeps the interim record of a call in flight.
    public func recordOpen(_ record: CallRecord) {
        state.withLock { $0.openRecords.append(record) }
    }
}
