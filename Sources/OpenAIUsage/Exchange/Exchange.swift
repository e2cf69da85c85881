public import HTTPTypes
import Synchronization

/// One attempt at one API call, observed.
///
/// An exchange is fed with what passes by, in any pieces: the request's body, the response's head, the response's
/// body. It changes nothing, holds constant memory whatever the sizes, and hands exactly one record to its sink: when
/// ``finish(_:)`` is called first, or, without that, when the last reference to it goes away.
///
/// All methods may be called on any thread, C callbacks included. None blocks or throws.
public final class Exchange: Sendable {
    /// The state, shared with the list of open exchanges.
    let state: ExchangeState
    private let clock: any UsageClock
    private let sink: any UsageSink
    /// Decides whether the record is handed on, if somebody does.
    private let decision: AttemptDecision?
    /// Where the exchange is listed while it is under way.
    private let list: OpenExchanges?
    /// The identity of the attempt.
    public let id: CallID
    /// The API endpoint that the request's method and path name.
    public let endpoint: Endpoint

    /// Begins an attempt.
    ///
    /// - Parameters:
    ///   - request: The request's head, with its authority.
    ///   - tags: Labels of the call; those of the header `OpenAI-Usage-Tags` are added.
    ///   - operationID: The identity of the logical call, if the program gives it one; else a header's, else the attempt's.
    ///   - attempt: The number of the attempt, from 0, if the program counts; else the header's of the SDKs.
    ///   - configuration: What the program's exchanges have in common.
    ///   - sink: Where the record goes.
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
            decision: nil
        )
    }

    /// Begins an attempt from a request's head that was parsed elsewhere.
    ///
    /// - Parameters:
    ///   - line: The method, the target and the authority.
    ///   - facts: The facts of the fields.
    ///   - configuration: What the program's exchanges have in common.
    ///   - sink: Where the record goes.
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
        self.init(builder, facts, configuration: configuration, sink: sink, list: nil, decision: nil)
    }

    /// Begins an attempt that whoever makes it adds to a list.
    convenience init(
        request: HTTPRequest,
        tags: UsageTags,
        operationID: String?,
        attempt: Int?,
        configuration: ExchangeConfiguration,
        sink: any UsageSink,
        list: OpenExchanges?,
        decision: AttemptDecision?
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
        self.init(builder, facts, configuration: configuration, sink: sink, list: list, decision: decision)
    }

    private init(
        _ builder: consuming CallRecordBuilder,
        _ facts: RequestHeaders,
        configuration: ExchangeConfiguration,
        sink: any UsageSink,
        list: OpenExchanges?,
        decision: AttemptDecision?
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
            decision: decision
        )
    }

    deinit {
        finish(.abandoned)
    }

    /// Whether the event that ends a stream has been received.
    public var isTerminated: Bool { state.machine.withLock { $0.isTerminated } }

    /// Whether the request's body, as far as it was received, asks for a stream.
    public var asksForStream: Bool { state.machine.withLock { $0.asksForStream } }

    /// True if the request's body, as far as it was received, asks for a stream that does not tell its usage.
    package var lacksUsageOption: Bool {
        state.machine.withLock { $0.asksForStream && $0.request.facts[.includeUsage] != "true" }
    }

    /// Takes bytes of the request's body.
    public func receive(requestBody bytes: borrowing RawSpan) {
        bytes.withUnsafeBytes { bytes in
            let bytes = BorrowedBytes(bytes.assumingMemoryBound(to: UInt8.self))
            state.machine.withLock { $0.receive(requestBody: bytes.buffer) }
        }
    }

    /// Takes the response's head; an interim response is passed over.
    public func receive(head: HTTPResponse) {
        let now = clock.monotonicNanoseconds
        state.machine.withLock { $0.receive(head: head, at: now) }
    }

    /// The monotonic nanoseconds of the exchange's clock.
    package var instant: Int64 { clock.monotonicNanoseconds }

    /// Feeds a response's head from fields that were parsed elsewhere.
    ///
    /// - Parameters:
    ///   - status: The status.
    ///   - facts: The facts of the fields, not yet finished.
    ///   - instant: The ``instant`` of its arrival.
    package func receive(status: Int, _ facts: consuming sending ResponseHeaders, at instant: Int64) {
        var facts: ResponseHeaders? = consume facts
        state.machine.withLock { machine in
            guard let facts = facts.take() else { return }
            machine.receive(status: status, unfinished: facts, at: instant)
        }
    }

    /// Adds to the record's diagnostics how asking for usage went.
    package func note(_ note: IncludeUsage.Note) {
        state.machine.withLock { $0.note(IncludeUsage.Note.name, note.rawValue) }
    }

    /// Adds to the record's diagnostics.
    package func note(_ name: String, _ value: String) {
        state.machine.withLock { $0.note(name, value) }
    }

    /// Takes bytes of the response's body, as they came over the wire, content coding included.
    public func receive(body bytes: borrowing RawSpan) {
        bytes.withUnsafeBytes { bytes in
            let bytes = BorrowedBytes(bytes.assumingMemoryBound(to: UInt8.self))
            state.machine.withLock { $0.receive(body: bytes.buffer) { clock.monotonicNanoseconds } }
        }
    }

    /// Takes a whole text message of a WebSocket, sent by the server.
    public func receive(message bytes: borrowing RawSpan) {
        bytes.withUnsafeBytes { bytes in
            let bytes = BorrowedBytes(bytes.assumingMemoryBound(to: UInt8.self))
            state.machine.withLock { $0.receive(message: bytes.buffer) { clock.monotonicNanoseconds } }
        }
    }

    /// Ends the attempt and hands its record to the sink; every call but the first does nothing.
    public func finish(_ ending: TransportEnd) {
        guard let ended = state.take(ending) else { return }
        list?.remove(state)
        guard let decision else { return sink.record(ended.finished()) }
        decision.deliver(ended.finished(), to: sink)
    }

    /// Hands an interim record to the sink, if the attempt is still open.
    public func recordOpen() {
        if let record = openRecord() { sink.recordOpen(record) }
    }

    /// Ends the attempt and returns its record instead of handing it to the sink; `nil` if it has ended already.
    ///
    /// - Parameters:
    ///   - ending: How the attempt ended.
    ///   - errorType: The type of an error that is not the API's own.
    ///   - errorCode: Its code.
    /// - Returns: The record, the first time.
    package func end(_ ending: TransportEnd, errorType: String? = nil, errorCode: String? = nil) -> CallRecord? {
        guard let ended = state.take(ending, errorType: errorType, errorCode: errorCode) else { return nil }
        list?.remove(state)
        return ended.finished()
    }

    /// The record as far as it is known; `nil` if the attempt has ended.
    package func openRecord() -> CallRecord? { state.openRecord() }

    /// Adds to the time that the gateway itself took.
    package func add(gatewayNanoseconds: Int64) {
        state.machine.withLock { $0.add(gatewayNanoseconds: gatewayNanoseconds) }
    }
}

/// Bytes that are lent for one call.
///
/// SAFETY: the state machine reads the bytes under its lock during the call that lends them, and keeps no pointer to them.
private struct BorrowedBytes: @unchecked Sendable {
    let buffer: UnsafeBufferPointer<UInt8>

    init(_ buffer: UnsafeBufferPointer<UInt8>) {
        self.buffer = buffer
    }
}
