import HTTPTypes

/// The decisions of an ``Exchange``, without clock, lock or sink.
struct ExchangeStateMachine: ~Copyable {
    /// What is known of the attempt; `nil` when it has ended.
    private var draft: RecordDraft?
    private let startedAt: Int64
    private(set) var request: RequestMeter
    private var response: ResponseReading?
    private var decoder = ContentDecoder(nil, contentType: nil)
    private var isTerminatedAtEnd = false

    /// - Parameters:
    ///   - draft: The record as far as the request's head tells it.
    ///   - startedAt: The monotonic nanoseconds of the start.
    ///   - contentType: The request's media type.
    ///   - contentEncoding: The request's content coding.
    init(_ draft: consuming RecordDraft, startedAt: Int64, contentType: String?, contentEncoding: String?) {
        self.draft = consume draft
        self.startedAt = startedAt
        request = RequestMeter(contentType: contentType, contentEncoding: contentEncoding)
    }

    /// Whether the event that ends a stream was received.
    var isTerminated: Bool { response?.meter.isTerminated ?? isTerminatedAtEnd }
    /// Whether the request asked for a stream.
    var asksForStream: Bool { request.facts.asksForStream }

    mutating func receive(requestBody bytes: UnsafeBufferPointer<UInt8>) {
        request.scan(bytes)
    }

    mutating func receive(head: HTTPResponse, at now: Int64) {
        guard let wall = wallMicroseconds(now) else { return }
        receive(status: head.status.code, ResponseHeadFacts(head.headerFields, wallMicroseconds: wall), at: now)
    }

    /// The wall clock's time at a moment; `nil` if the attempt has ended.
    private mutating func wallMicroseconds(_ now: Int64) -> Int64? {
        guard let startedAt = draft?.record.startedAt else { return nil }
        return startedAt + elapsed(now)
    }

    /// Finishes the facts of a response's head, and feeds them.
    mutating func receive(status: Int, unfinished facts: consuming ResponseHeadFacts, at now: Int64) {
        guard let wall = wallMicroseconds(now) else { return }
        facts.finish(wallMicroseconds: wall)
        receive(status: status, facts, at: now)
    }

    private mutating func receive(status: Int, _ facts: consuming ResponseHeadFacts, at now: Int64) {
        // An interim response announces the real one.
        guard status >= 200 || status == 101 else { return }
        let elapsed = elapsed(now)
        decoder = ContentDecoder(facts.contentEncoding, contentType: facts.contentType)
        response = draft?.take(facts, status: status, at: elapsed)
    }

    mutating func receive(body bytes: UnsafeBufferPointer<UInt8>, at now: () -> Int64) {
        guard let response else { return }
        decoder.decode(bytes) { response.meter.receive($0) }
        noteContent(response, now)
    }

    /// Takes a message of a socket, whole.
    mutating func receive(message bytes: UnsafeBufferPointer<UInt8>, at now: () -> Int64) {
        guard let response else { return }
        response.meter.receive(message: bytes)
        noteContent(response, now)
    }

    /// Adds to the time that the gateway itself took.
    mutating func add(gatewayNanoseconds: Int64) {
        let known = draft?.record.timing.gateway ?? 0
        draft?.record.timing.gateway = known + gatewayNanoseconds / 1_000
    }

    /// Adds a diagnostic of the program's own.
    mutating func note(_ name: String, _ value: String) {
        draft?.record.diagnostics[name] = value
    }

    /// The record as far as it is known, of an attempt that is still open.
    func snapshot(at now: Int64) -> CallRecord? {
        var draft: RecordDraft
        switch self.draft {
        case .some(let known): draft = known.copy
        case nil: return nil
        }
        draft.fill(request.facts)
        if let response { draft.fill(request.facts, from: response.meter) }
        draft.complete()
        draft.record.outcome = .open
        draft.record.timing.duration = elapsed(now)
        return draft.finished()
    }

    /// Ends the attempt; only the first call returns its record, which is not to be added to.
    mutating func finish(
        _ ending: Ending,
        errorType: String?,
        errorCode: String?,
        objects: ObjectRegister,
        at now: Int64
    ) -> RecordDraft? {
        let duration = elapsed(now)
        // Nothing of the bodies is held for as long as somebody holds the exchange.
        let response = response.take()
        if let response {
            decoder.finish { response.meter.receive($0) }
            draft?.isCodingUnknown = decoder.isCodingUnknown
            draft?.isEncodingBroken = decoder.isBroken
            isTerminatedAtEnd = response.meter.isTerminated
            response.meter.finish()
        }
        decoder = ContentDecoder(nil, contentType: nil)
        draft?.finish(request.facts, response, ending, objects, duration)
        draft?.addError(errorType, errorCode)
        return draft.take()
    }

    private mutating func noteContent(_ response: ResponseReading, _ now: () -> Int64) {
        guard response.meter.hasContent, draft?.record.timing.timeToFirstToken == nil else { return }
        let elapsed = elapsed(now())
        draft?.record.timing.timeToFirstToken = elapsed
    }

    private func elapsed(_ now: Int64) -> Int64 { max(0, (now - startedAt) / 1_000) }
}
