import HTTPTypes

/// The state of an ``Exchange`` and its decisions, without clock, lock or sink.
struct ExchangeStateMachine: ~Copyable {
    /// The record under construction; `nil` after the end of the attempt.
    private var builder: CallRecordBuilder?
    private let startedAt: Int64
    private(set) var request: RequestReader
    private var response: ResponseReading?
    private var decoder = ContentDecoder(nil, contentType: nil)
    private var isTerminatedAtEnd = false

    /// - Parameters:
    ///   - builder: The record with the facts of the request's head.
    ///   - startedAt: The start, in monotonic nanoseconds.
    ///   - contentType: The request's media type.
    ///   - contentEncoding: The request's content coding.
    init(_ builder: consuming CallRecordBuilder, startedAt: Int64, contentType: String?, contentEncoding: String?) {
        self.builder = consume builder
        self.startedAt = startedAt
        request = RequestReader(contentType: contentType, contentEncoding: contentEncoding)
    }

    /// True if the event that ends a stream was received.
    var isTerminated: Bool { response?.reader.isTerminated ?? isTerminatedAtEnd }
    /// True if the request asks for a stream.
    var asksForStream: Bool { request.facts.asksForStream }

    /// True if the attempt has ended.
    var hasEnded: Bool {
        switch builder {
        case .some: false
        case nil: true
        }
    }

    mutating func receive(requestBody bytes: UnsafeBufferPointer<UInt8>) {
        request.scan(bytes)
    }

    mutating func receive(head: HTTPResponse, at now: Int64) {
        guard let wall = wallMicroseconds(now) else { return }
        receive(status: head.status.code, ResponseHeaders(head.headerFields, wallMicroseconds: wall), at: now)
    }

    /// The wall-clock time at a monotonic time; `nil` after the end of the attempt.
    private mutating func wallMicroseconds(_ now: Int64) -> Int64? {
        guard let startedAt = builder?.record.startedAtMicroseconds else { return nil }
        return startedAt + elapsed(now)
    }

    /// Finishes the parsed headers of a response and reads them.
    mutating func receive(status: Int, unfinished facts: consuming ResponseHeaders, at now: Int64) {
        guard let wall = wallMicroseconds(now) else { return }
        facts.finish(wallMicroseconds: wall)
        receive(status: status, facts, at: now)
    }

    private mutating func receive(status: Int, _ facts: consuming ResponseHeaders, at now: Int64) {
        // An interim response precedes the final one.
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

    /// Reads a whole message of a WebSocket.
    mutating func receive(message bytes: UnsafeBufferPointer<UInt8>, at now: () -> Int64) {
        guard let response else { return }
        response.reader.receive(message: bytes)
        noteContent(response, now)
    }

    /// Adds to the time that the gateway itself took.
    mutating func add(gatewayNanoseconds: Int64) {
        let known = builder?.record.timing.gatewayMicroseconds ?? 0
        builder?.record.timing.gatewayMicroseconds = known + gatewayNanoseconds / 1_000
    }

    /// Adds a diagnostic to the record.
    mutating func note(_ name: String, _ value: String) {
        builder?.record.diagnostics[name] = value
    }

    /// The record so far, of an attempt in flight; `nil` after its end.
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
        builder.record.timing.durationMicroseconds = elapsed(now)
        return builder.finished()
    }

    /// Ends the attempt; only the first call returns the builder of its record, which is complete.
    mutating func finish(
        _ ending: TransportEnd,
        errorType: String?,
        errorCode: String?,
        objects: BilledObjects,
        at now: Int64
    ) -> CallRecordBuilder? {
        let duration = elapsed(now)
        // Releases the state of the bodies, even if the exchange is retained longer.
        let response = response.take()
        if let response {
            decoder.finish { response.reader.receive($0) }
            builder?.isCodingUnknown = decoder.isCodingUnknown
            builder?.isEncodingBroken = decoder.isBroken
            response.reader.finish()
            isTerminatedAtEnd = response.reader.isTerminated
        }
        decoder = ContentDecoder(nil, contentType: nil)
        builder?.finish(request.facts, response, ending, objects, duration)
        builder?.addError(errorType, errorCode)
        return builder.take()
    }

    private mutating func noteContent(_ response: ResponseReading, _ now: () -> Int64) {
        guard response.reader.hasContent, builder?.record.timing.timeToFirstTokenMicroseconds == nil else { return }
        let elapsed = elapsed(now())
        builder?.record.timing.timeToFirstTokenMicroseconds = elapsed
    }

    private func elapsed(_ now: Int64) -> Int64 { max(0, (now - startedAt) / 1_000) }
}
