import HTTPTypes

/// The decisions of an ``Exchange``, without clock, lock or sink.
struct ExchangeStateMachine: ~Copyable {
    private var draft: RecordDraft
    private let startedAt: Int64
    private(set) var request: RequestMeter
    private(set) var response: ResponseMeter?
    private var inflater: Inflater?
    private var isFinished = false
    private var isTerminatedAtEnd = false

    /// - Parameters:
    ///   - record: The record as far as the request's head tells it.
    ///   - startedAt: The monotonic nanoseconds of the start.
    ///   - keyProject: The project that is configured for the request's key.
    ///   - contentType: The request's media type.
    ///   - contentEncoding: The request's content coding.
    init(record: CallRecord, startedAt: Int64, keyProject: String?, contentType: String?, contentEncoding: String?) {
        draft = RecordDraft(record)
        self.startedAt = startedAt
        request = RequestMeter(contentType: contentType, contentEncoding: contentEncoding)
        draft.record.project = record.requestedProject ?? keyProject ?? "default"
    }

    /// Whether the event that ends a stream was received.
    var isTerminated: Bool {
        switch response {
        case .some(let response): response.isTerminated
        case nil: isTerminatedAtEnd
        }
    }
    /// Whether the request asked for a stream.
    var asksForStream: Bool { request.facts.asksForStream }

    mutating func receive(requestBody bytes: UnsafeBufferPointer<UInt8>) {
        request.scan(bytes)
    }

    mutating func receive(head: HTTPResponse, at now: Int64) {
        // An interim response announces the real one.
        guard !isFinished, head.status.code >= 200 || head.status.code == 101 else { return }
        let facts = ResponseHeadFacts(head.headerFields, wallMicroseconds: draft.record.startedAt + elapsed(now))
        draft.record.status = head.status.code
        draft.record.timing.timeToHeaders = elapsed(now)
        draft.record.timing.processing = facts.processing
        draft.record.organization = facts.organization
        if let project = facts.project { draft.record.project = project }
        draft.record.requestID = facts.requestID
        draft.record.edgeRequestID = facts.edgeRequestID
        draft.record.timing.upstreamService = facts.upstreamService
        draft.record.diagnostics = facts.diagnostics
        draft.record.rateLimits = facts.rateLimits
        draft.record.retryAfterMilliseconds = facts.retryAfterMilliseconds
        draft.record.model = facts.model

        let type = facts.contentType?.lowercased() ?? ""
        let mode: ResponseMeter.Mode
        let isSocket = head.status.code == 101
        if type.hasPrefix("text/event-stream") || isSocket {
            mode = isSocket ? .lines : .events
            draft.record.isStream = true
        } else if draft.record.endpoint.meter == .batchOutput {
            mode = .lines
        } else if type.isEmpty || type == "application/json" || type.contains("json") {
            mode = .document
        } else {
            mode = .opaque
            // Media that is made while it is sent.
            draft.record.isStream = type.hasPrefix("audio/") && facts.transferEncoding?.lowercased() == "chunked"
        }
        response = ResponseMeter(mode: mode, meter: draft.record.endpoint.meter)
        switch Inflater.Coding.reading(facts.contentEncoding) {
        case .identity: break
        case .coded(let coding): inflater = Inflater(coding)
        case .unknown: draft.isCodingUnknown = true
        }
    }

    mutating func receive(body bytes: UnsafeBufferPointer<UInt8>, at now: () -> Int64) {
        guard response != nil, !draft.isCodingUnknown, !draft.isEncodingBroken else { return }
        if inflater != nil {
            var meter = response.take()
            let isSound = inflater?.inflate(bytes) { meter?.receive($0) } ?? false
            response = meter
            draft.isEncodingBroken = !isSound
        } else {
            response?.receive(bytes)
        }
        if draft.record.timing.timeToFirstToken == nil, response?.hasContent == true {
            draft.record.timing.timeToFirstToken = elapsed(now())
        }
    }

    /// Takes a message of a socket, whole.
    mutating func receive(message bytes: UnsafeBufferPointer<UInt8>, at now: () -> Int64) {
        response?.receive(message: bytes)
        if draft.record.timing.timeToFirstToken == nil, response?.hasContent == true {
            draft.record.timing.timeToFirstToken = elapsed(now())
        }
    }

    /// Adds to the time that the gateway itself took.
    mutating func add(gatewayNanoseconds: Int64) {
        draft.record.timing.gateway = (draft.record.timing.gateway ?? 0) + gatewayNanoseconds / 1_000
    }

    /// The record as far as it is known, of an attempt that is still open.
    func snapshot(at now: Int64) -> CallRecord? {
        guard !isFinished else { return nil }
        var draft = draft
        draft.fill(request.facts)
        switch response {
        case .some(let response): draft.fill(request.facts, from: response)
        case nil: break
        }
        draft.complete()
        draft.record.outcome = .open
        draft.record.timing.duration = elapsed(now)
        return draft.record
    }

    /// Ends the attempt; only the first call returns a record.
    mutating func finish(
        _ ending: Ending,
        errorType: String?,
        errorCode: String?,
        objects: ObjectRegister,
        at now: Int64
    ) -> CallRecord? {
        guard !isFinished else { return nil }
        isFinished = true
        isTerminatedAtEnd = isTerminated
        draft.fill(request.facts)
        draft.record.timing.duration = elapsed(now)
        response?.finish()
        switch response {
        case .some(let response):
            draft.fill(request.facts, from: response)
            draft.complete()
            draft.settle(ending, response, objects)
        case nil:
            draft.complete()
            draft.settle(ending)
        }
        if draft.record.errorType == nil { draft.record.errorType = errorType }
        if draft.record.errorCode == nil { draft.record.errorCode = errorCode }
        // Nothing of the bodies is held for as long as somebody holds the exchange.
        response = nil
        inflater = nil
        return draft.record
    }

    private func elapsed(_ now: Int64) -> Int64 { max(0, (now - startedAt) / 1_000) }
}
