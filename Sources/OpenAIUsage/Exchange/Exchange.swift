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
    private let machine: Mutex<ExchangeStateMachine>
    private let clock: any UsageClock
    private let sink: any UsageSink
    private let objects: ObjectRegister
    /// The monotonic nanoseconds of the start.
    let startedAt: Int64
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
    public init(
        request: HTTPRequest,
        tags: UsageTags = .current,
        operationID: String? = nil,
        attempt: Int? = nil,
        configuration: ExchangeConfiguration,
        sink: any UsageSink
    ) {
        let wall = configuration.clock.wallMicroseconds
        let id = configuration.identities.next(at: wall)
        let method = HeaderText.clean(request.method.rawValue, maximumLength: 16) ?? "?"
        let target = EndpointMemory.shared.facts(method: method, target: request.path ?? "/")
        let facts = RequestHeadFacts(request.headerFields)
        var record = CallRecord(
            id: id,
            startedAt: wall,
            source: configuration.source,
            method: method,
            host: HeaderText.clean(Self.host(of: request.authority), maximumLength: 128) ?? "",
            path: target.path,
            endpoint: target.endpoint
        )
        record.client = HeaderText.clean(facts.userAgent ?? Self.client(of: facts), maximumLength: 64)
        record.requestModel = target.model
        record.requestedOrganization = HeaderText.clean(facts.organization)
        record.requestedProject = HeaderText.clean(facts.project)
        record.clientRequestID = HeaderText.clean(facts.clientRequestID, maximumLength: 512)
        record.tags = facts.tags.map { tags.merging(UsageTags(header: $0)) } ?? tags
        record.attempt = (attempt ?? facts.retryCount.flatMap { Int($0) }).map { min(max($0, 0), 1_000) } ?? 0
        if let fingerprinter = configuration.fingerprinter, let key = Self.key(of: facts) {
            record.key = fingerprinter.fingerprint(of: key)
        }
        if let operation = HeaderText.clean(operationID) ?? record.clientRequestID
            ?? HeaderText.clean(facts.idempotencyKey)
        {
            record.operationID = operation
        }
        record.traceID = Self.trace(of: facts.traceParent)
        self.id = id
        endpoint = record.endpoint
        self.clock = configuration.clock
        self.sink = sink
        objects = configuration.objects
        startedAt = configuration.clock.monotonicNanoseconds
        machine = Mutex(
            ExchangeStateMachine(
                record: record,
                startedAt: startedAt,
                keyProject: configuration.project(of: record.key),
                contentType: facts.contentType,
                contentEncoding: facts.contentEncoding
            )
        )
    }

    deinit {
        finish(.abandoned)
    }

    /// Whether the event that ends a stream has been received.
    public var isTerminated: Bool { machine.withLock { $0.isTerminated } }

    /// Whether the request's body, as far as it was received, asks for a stream.
    public var asksForStream: Bool { machine.withLock { $0.asksForStream } }

    /// Takes bytes of the request's body.
    public func receive(requestBody bytes: borrowing RawSpan) {
        bytes.withUnsafeBytes { bytes in
            let bytes = LentBytes(bytes.assumingMemoryBound(to: UInt8.self))
            machine.withLock { $0.receive(requestBody: bytes.buffer) }
        }
    }

    /// Takes the response's head; an interim response is passed over.
    public func receive(head: HTTPResponse) {
        let now = clock.monotonicNanoseconds
        machine.withLock { $0.receive(head: head, at: now) }
    }

    /// Takes bytes of the response's body, as they came over the wire, content coding included.
    public func receive(body bytes: borrowing RawSpan) {
        bytes.withUnsafeBytes { bytes in
            let bytes = LentBytes(bytes.assumingMemoryBound(to: UInt8.self))
            machine.withLock { $0.receive(body: bytes.buffer) { clock.monotonicNanoseconds } }
        }
    }

    /// Takes a whole text message of a WebSocket, sent by the server.
    public func receive(message bytes: borrowing RawSpan) {
        bytes.withUnsafeBytes { bytes in
            let bytes = LentBytes(bytes.assumingMemoryBound(to: UInt8.self))
            machine.withLock { $0.receive(message: bytes.buffer) { clock.monotonicNanoseconds } }
        }
    }

    /// Ends the attempt and hands its record to the sink; every call but the first does nothing.
    public func finish(_ ending: Ending) {
        if let record = end(ending) { sink.record(record) }
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
    package func end(_ ending: Ending, errorType: String? = nil, errorCode: String? = nil) -> CallRecord? {
        let now = clock.monotonicNanoseconds
        return machine.withLock {
            $0.finish(ending, errorType: errorType, errorCode: errorCode, objects: objects, at: now)
        }
    }

    /// The record as far as it is known; `nil` if the attempt has ended.
    package func openRecord() -> CallRecord? {
        let now = clock.monotonicNanoseconds
        return machine.withLock { $0.snapshot(at: now) }
    }

    /// Adds to the time that the gateway itself took.
    package func add(gatewayNanoseconds: Int64) {
        machine.withLock { $0.add(gatewayNanoseconds: gatewayNanoseconds) }
    }

    private static func host(of authority: String?) -> String? {
        // User information, which may be a key, is no part of the host.
        guard let authority else { return nil }
        let isPlain = authority.utf8.withContiguousStorageIfAvailable { bytes in
            bytes.allSatisfy { $0 != UInt8(ascii: "@") && $0 != UInt8(ascii: ":") && $0 != UInt8(ascii: "[") }
        }
        if isPlain == true { return authority }
        var bytes = authority.utf8[...]
        if let mark = bytes.lastIndex(of: UInt8(ascii: "@")) { bytes = bytes[bytes.index(after: mark)...] }
        if bytes.first == UInt8(ascii: "["), let end = bytes.firstIndex(of: UInt8(ascii: "]")) {
            return String(Substring(bytes[...end]))
        }
        return String(Substring(bytes.prefix { $0 != UInt8(ascii: ":") }))
    }

    /// The client, where it has told only its language and version.
    private static func client(of facts: RequestHeadFacts) -> String? {
        guard let language = facts.clientLanguage else { return nil }
        return facts.clientVersion.map { "OpenAI/\(language) \($0)" } ?? "OpenAI/\(language)"
    }

    /// The trace of a `traceparent` (W3C Trace Context, section 3.2), whose version, identities and flags are
    /// hexadecimal digits between hyphens.
    private static func trace(of field: String?) -> String? {
        guard let parts = field?.split(separator: "-", omittingEmptySubsequences: false), parts.count >= 4,
            parts[0].utf8.count == 2, parts[1].utf8.count == 32, parts[2].utf8.count == 16
        else { return nil }
        let isHexadecimal = parts[1].utf8.allSatisfy { 0x30...0x39 ~= $0 || 0x61...0x66 ~= $0 }
        return isHexadecimal && parts[1].contains { $0 != "0" } ? String(parts[1]) : nil
    }

    private static func key(of facts: RequestHeadFacts) -> String? {
        if let key = facts.azureKey, !key.isEmpty { return key }
        guard let authorization = facts.authorization else { return nil }
        let parts = authorization.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer", !parts[1].isEmpty else { return nil }
        return String(parts[1])
    }
}

/// Bytes that are lent for one call.
///
/// SAFETY: the state machine reads the bytes under its lock during the call that lends them, and keeps no pointer to them.
private struct LentBytes: @unchecked Sendable {
    let buffer: UnsafeBufferPointer<UInt8>

    init(_ buffer: UnsafeBufferPointer<UInt8>) {
        self.buffer = buffer
    }
}
