public import HTTPTypes
import Synchronization

/// The observation of one attempt at one API call.
///
/// An exchange is fed, in any pieces, with the request's body, the response's head and the response's body. It changes
/// nothing, uses constant memory for any sizes, and delivers exactly one record to its sink: at the first call of
/// ``finish(_:)`` or, without one, when the last reference to it is released.
///
/// All methods may be called on any thread, including from C callbacks. None blocks or throws.
public final class Exchange: Sendable {
    /// The state, shared with the list of exchanges in flight.
    let state: ExchangeState
    private let clock: any UsageClock
    private let sink: any UsageSink
    /// Decides if the record is delivered; `nil` if it is in any case.
    private let decision: AttemptDecision?
    /// The list of exchanges in flight that contains this one.
    private let list: OpenExchanges?
    /// The identity of the attempt.
    public let id: CallID
    /// The API endpoint of the request's method and path.
    public let endpoint: Endpoint

    /// Creates the exchange of an attempt that begins.
    ///
    /// - Parameters:
    ///   - request: The request's head, with its authority.
    ///   - tags: The labels of the call; those of the header `OpenAI-Usage-Tags` are added and take precedence.
    ///   - operationID: The identity of the logical call, if the program assigns one; else that of
    ///     `X-Client-Request-Id` or `Idempotency-Key`, else the attempt's.
    ///   - attempt: The number of the attempt, from 0, if the program counts; else that of the SDKs'
    ///     `X-Stainless-Retry-Count`.
    ///   - configuration: The common configuration of the program's exchanges.
    ///   - sink: The sink that receives the record.
    public convenience init(
        request: HTTPRequest,
        tags: UsageTags = .current,
        operationID: String? = nil,
        attempt: Int? = nil,
        configuration: ExchangeConfiguration,
        sink: any UsageSink
    ) {
        self.init(
            request: request,
            tags: tags,
            operationID: operationID,
            attempt: attempt,
            configuration: configuration,
            sink: sink,
            list: nil,
            decision: nil,
            recorder: nil
        )
    }

    /// Creates the exchange of an attempt from a request's head that was parsed elsewhere.
    ///
    /// - Parameters:
    ///   - line: The method, the target and the authority.
    ///   - facts: The parsed headers.
    ///   - configuration: The common configuration of the program's exchanges.
    ///   - sink: The sink that receives the record.
    package convenience init(
        line: RequestedTarget,
        facts: RequestHeaders,
        configuration: ExchangeConfiguration,
        sink: any UsageSink
    ) {
        let builder = CallRecordBuilder.begin(
            line,
            facts,
            tags: UsageTags(),
            operationID: nil,
            attempt: nil,
            configuration: configuration
        )
        self.init(
            builder,
            facts,
            configuration: configuration,
            sink: sink,
            list: nil,
            decision: nil,
            recorder: nil
        )
    }

    /// Creates the exchange of an attempt for a list, to which the caller adds it.
    convenience init(
        request: HTTPRequest,
        tags: UsageTags,
        operationID: String?,
        attempt: Int?,
        configuration: ExchangeConfiguration,
        sink: any UsageSink,
        list: OpenExchanges?,
        decision: AttemptDecision?,
        recorder: RecordedAttemptSink?
    ) {
        let facts = RequestHeaders(request.headerFields)
        let builder = CallRecordBuilder.begin(
            RequestedTarget(
                method: request.method.rawValue,
                target: request.path ?? "/",
                authority: request.authority
            ),
            facts,
            tags: tags,
            operationID: operationID,
            attempt: attempt,
            configuration: configuration
        )
        self.init(
            builder,
            facts,
            configuration: configuration,
            sink: recorder ?? sink,
            list: list,
            decision: decision,
            recorder: recorder
        )
    }

    private init(
        _ builder: consuming CallRecordBuilder,
        _ facts: RequestHeaders,
        configuration: ExchangeConfiguration,
        sink: any UsageSink,
        list: OpenExchanges?,
        decision: AttemptDecision?,
        recorder: RecordedAttemptSink?
    ) {
        id = builder.record.id
        endpoint = builder.record.endpoint
        clock = configuration.clock
        self.sink = sink
        self.list = list
        self.decision = decision
        let startedAt = configuration.clock.monotonicNanoseconds
        state = ExchangeState(
            ExchangeStateMachine(
                consume builder,
                startedAt: startedAt,
                contentType: facts.contentType,
                contentEncoding: facts.contentEncoding
            ),
            endpoint: endpoint,
            startedAt: startedAt,
            configuration: configuration,
            decision: decision,
            recorder: recorder
        )
    }

    deinit {
        finish(.abandoned)
    }

    /// True if the event that ends a stream was received.
    public var isTerminated: Bool { state.machine.withLock { $0.isTerminated } }

    /// True if the request's body, as far as it was received, asks for a stream.
    public var asksForStream: Bool { state.machine.withLock { $0.asksForStream } }

    /// True if the request's body, as far as it was received, asks for a stream without usage.
    package var lacksUsageOption: Bool {
        state.machine.withLock { $0.asksForStream && $0.request.facts[.includeUsage] != "true" }
    }

    /// Reads bytes of the request's body.
    public func receive(requestBody bytes: borrowing RawSpan) {
        bytes.withUnsafeBytes { bytes in
            let bytes = BorrowedBytes(bytes.assumingMemoryBound(to: UInt8.self))
            state.machine.withLock { $0.receive(requestBody: bytes.buffer) }
        }
    }

    /// Reads the response's head; an interim response is ignored.
    public func receive(head: HTTPResponse) {
        let now = clock.monotonicNanoseconds
        state.machine.withLock { $0.receive(head: head, at: now) }
    }

    /// The current time of the exchange's clock, in monotonic nanoseconds.
    package var instant: Int64 { clock.monotonicNanoseconds }

    /// Reads a response's head that was parsed elsewhere.
    ///
    /// - Parameters:
    ///   - status: The status.
    ///   - facts: The parsed headers, not yet finished.
    ///   - instant: The ``instant`` at which it arrived.
    package func receive(status: Int, _ facts: consuming sending ResponseHeaders, at instant: Int64) {
        var facts: ResponseHeaders? = consume facts
        state.machine.withLock { machine in
            guard let facts = facts.take() else { return }
            machine.receive(status: status, unfinished: facts, at: instant)
        }
    }

    /// Adds the result of requesting usage to the record's diagnostics.
    package func note(_ note: IncludeUsage.Note) {
        state.machine.withLock { $0.note(IncludeUsage.Note.name, note.rawValue) }
    }

    /// Adds a value to the record's diagnostics.
    package func note(_ name: String, _ value: String) {
        state.machine.withLock { $0.note(name, value) }
    }

    /// Reads bytes of the response's body as received, including the content coding.
    public func receive(body bytes: borrowing RawSpan) {
        bytes.withUnsafeBytes { bytes in
            let bytes = BorrowedBytes(bytes.assumingMemoryBound(to: UInt8.self))
            state.machine.withLock { $0.receive(body: bytes.buffer) { clock.monotonicNanoseconds } }
        }
    }

    /// Reads a whole text message of a WebSocket, sent by the server.
    public func receive(message bytes: borrowing RawSpan) {
        bytes.withUnsafeBytes { bytes in
            let bytes = BorrowedBytes(bytes.assumingMemoryBound(to: UInt8.self))
            state.machine.withLock { $0.receive(message: bytes.buffer) { clock.monotonicNanoseconds } }
        }
    }

    /// Ends the attempt and delivers its record to the sink; every call but the first does nothing.
    public func finish(_ ending: TransportEnd) {
        guard let ended = state.take(ending) else { return }
        list?.remove(state)
        guard let decision else { return sink.record(ended.finished()) }
        decision.deliver(ended.finished(), to: sink)
    }

    /// Delivers an interim record to the sink if the attempt is in flight.
    public func recordOpen() {
        if let record = openRecord() { sink.recordOpen(record) }
    }

    /// Ends the attempt and returns its record instead of delivering it; `nil` if it has ended already.
    ///
    /// - Parameters:
    ///   - ending: How the attempt ended.
    ///   - errorType: The type of an error that is not the API's own.
    ///   - errorCode: The code of that error.
    /// - Returns: The record, the first time.
    package func end(_ ending: TransportEnd, errorType: String? = nil, errorCode: String? = nil) -> CallRecord? {
        guard let ended = state.take(ending, errorType: errorType, errorCode: errorCode) else { return nil }
        list?.remove(state)
        return ended.finished()
    }

    /// The record so far; `nil` if the attempt has ended.
    package func openRecord() -> CallRecord? { state.openRecord() }

    /// Adds to the time that the gateway itself took.
    package func add(gatewayNanoseconds: Int64) {
        state.machine.withLock { $0.add(gatewayNanoseconds: gatewayNanoseconds) }
    }
}

/// Bytes that are borrowed for one call.
///
/// SAFETY: the state machine reads the bytes under its lock during the call that lends them, and keeps no pointer to
/// them.
private struct BorrowedBytes: @unchecked Sendable {
    let buffer: UnsafeBufferPointer<UInt8>

    init(_ buffer: UnsafeBufferPointer<UInt8>) {
        self.buffer = buffer
    }
}
