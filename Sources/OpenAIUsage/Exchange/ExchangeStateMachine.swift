import HTTPTypes

/// The decisions of an ``Exchange``, without clock, lock or sink.
struct ExchangeStateMachine: ~Copyable {
    /// What is known of the attempt; `nil` when it has ended.
    private var builder: CallRecordBuilder?
    private let startedAt: Int64
    private(set) var request: RequestReader
    private var response: ResponseReading?
    private var decoder = ContentDecoder(nil, contentType: nil)
    private var isTerminatedAtEnd = false

    /// - Parameters:
    ///   - builder: The record as far as the request's head tells it.
    ///   - startedAt: The monotonic nanoseconds of the start.
    ///   - contentType: The request's media type.
    ///   - contentEncoding: The request's content coding.
    init(_ builder: consuming CallRecordBuilder, startedAt: Int64, contentType: String?, contentEncoding: String?) {
        self.builder = consume builder
        self.startedAt = startedAt
        request = RequestReader(contentType: contentType, contentEncoding: contentEncoding)
    }

    /// Whether the event that ends a stream was received.
    var isTerminated: Bool { response?.reader.isTerminated ?? isTerminatedAtEnd }
    /// Whether the request asked for a stream.
    var asksForStream: Bool { request.facts.asksForStream }

    mutating func receive(requestBody bytes: UnsafeBufferPointer<UInt8>) {
        request.scan(bytes)
    }

    mutating func receive(head: HTTPResponse, at now: Int64) {
        guard let wall = wallMicroseconds(now) else { return }
        receive(status: head.status.code, ResponseHeaders(head.headerFields, wallMicroseconds: wall), at: now)
    }

    /// The wall clock's time at a moment; `nil` if the attempt has ended.
    private mutating func wallMicroseconds(_ now: Int64) -> Int64? {
        guard let startedAt = builder?.record.startedAt else { return nil }
        return startedAt + elapsed(now)
    }

    /// Finishes the facts of a response's head, and feeds them.
    mutating func receive(status: Int, unfinished facts: consuming ResponseHeaders, at now: Int64) {
        guard let wall = wallMicroseconds(now) else { return }
        facts.finish(wallMicroseconds: wall)
        receive(status: status, facts, at: now)
    }

    private mutating func receive(status: Int, _ facts: consuming ResponseHeaders, at now: Int64) {
        // An interim response announces the real one.
        guard status >= 200 || status == 101 else { return }
        let elapsed = elapsed(now)
        decoder = ContentDecoder(facts.contentEncoding, contentType: facts.contentType)
        response = builder?.take(facts, status: status, at: elapsed)
    }

    mutating func receive(body bytes: UnsafeBufferPointer<UInt8>, at now: () -> Int64) {
        guard let response else { return }
        decoder.decode(bytes) { response.reader.receive($0) }
        noteContent(response, now)
    }

    /// Takes a message of a socket, whole.
    mutating func receive(message bytes: UnsafeBufferPointer<UInt8>, at now: () -> Int64) {
        guard let response else { return }
        response.reader.receive(message: bytes)
        noteContent(response, now)
    }

    /// Adds to the time that the gateway itself took.
    mutating func add(gatewayNanoseconds: Int64) {
        let known = builder?.record.timing.gateway ?? 0
        builder?.record.timing.gateway = known + gatewayNanoseconds / 1_000
    }

    /// Adds a diagnostic of the program's own.
    mutating func note(_ name: String, _ value: String) {
        builder?.record.diagnostics[name] = value
    }

    /// The record as far as it is known, of an attempt that is still open.
    func snapshot(at now: Int64) -> CallRecord? {
        var builder: CallRecordBuilder
        switch self.builder {
        case .some(let known): builder = known.copy
        case nil: return nil
        }
        builder.fill(request.facts)
        if let response { builder.fill(request.facts, from: response.reader) }
        builder.complete()
        builder.record.outcome = .open
        builder.record.timing.duration = elapsed(now)
        return builder.finished()
    }

    /// Ends the attempt; only the first call returns its record, which is not to be added to.
    mutating func finish(
        _ ending: TransportEnd,
        errorType: String?,
        errorCode: String?,
        objects: BilledObjects,
        at now: Int64
    ) -> CallRecordBuilder? {
        let duration = elapsed(now)
        // Nothing of the bodies is held for as long as somebody holds the exchange.
        let response = response.take()
        if let response {
            decoder.finish { response.reader.receive($0) }
            builder?.isCodingUnknown = decoder.isCodingUnknown
            builder?.isEncodingBroken = decoder.isBroken
            isTerminatedAtEnd = response.reader.isTerminated
            response.reader.finish()
        }
        decoder = ContentDecoder(nil, contentType: nil)
        builder?.finish(request.facts, response, ending, objects, duration)
        builder?.addError(errorType, errorCode)
        return builder.take()
    }

    private mutating func noteContent(_ response: ResponseReading, _ now: () -> Int64) {
        guard response.reader.hasContent, builder?.record.timing.timeToFirstToken == nil else { return }
        let elapsed = elapsed(now())
        builder?.record.timing.timeToFirstToken = elapsed
    }

    private func elapsed(_ now: Int64) -> Int64 { max(0, (now - startedAt) / 1_000) }
}
