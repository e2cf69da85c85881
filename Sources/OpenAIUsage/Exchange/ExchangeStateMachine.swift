import HTTPTypes

/// The decisions of an ``Exchange``, without clock, lock or sink.
struct ExchangeStateMachine: ~Copyable {
    var record: CallRecord
    private let startedAt: Int64
    private let keyProject: String?
    private(set) var request: RequestMeter
    private(set) var response: ResponseMeter?
    private var inflater: Inflater?
    private(set) var isCodingUnknown = false
    private(set) var isEncodingBroken = false
    private var isFinished = false

    /// - Parameters:
    ///   - record: The record as far as the request's head tells it.
    ///   - startedAt: The monotonic nanoseconds of the start.
    ///   - keyProject: The project that is configured for the request's key.
    ///   - contentType: The request's media type.
    ///   - contentEncoding: The request's content coding.
    init(record: CallRecord, startedAt: Int64, keyProject: String?, contentType: String?, contentEncoding: String?) {
        self.record = record
        self.startedAt = startedAt
        self.keyProject = keyProject
        request = RequestMeter(contentType: contentType, contentEncoding: contentEncoding)
        self.record.project = record.requestedProject ?? keyProject ?? "default"
    }

    /// Whether the event that ends a stream was received.
    var isTerminated: Bool {
        switch response {
        case .some(let response): response.isTerminated
        case nil: false
        }
    }
    /// Whether the request asked for a stream.
    var asksForStream: Bool { request.facts.asksForStream }

    mutating func receive(requestBody bytes: UnsafeBufferPointer<UInt8>) {
        request.scan(bytes)
    }

    mutating func receive(head: HTTPResponse, at now: Int64) {
        // An interim response announces the real one.
        guard head.status.code >= 200 || head.status.code == 101 else { return }
        let facts = ResponseHeadFacts(head.headerFields, wallMicroseconds: record.startedAt + elapsed(now))
        record.status = head.status.code
        record.timing.timeToHeaders = elapsed(now)
        record.timing.processing = facts.processing
        record.organization = facts.organization
        if let project = facts.project { record.project = project }
        record.requestID = facts.requestID
        record.edgeRequestID = facts.edgeRequestID
        record.timing.upstreamService = facts.upstreamService
        record.diagnostics = facts.diagnostics
        record.rateLimits = facts.rateLimits
        record.retryAfterMilliseconds = facts.retryAfterMilliseconds
        record.model = facts.model

        let type = facts.contentType?.lowercased() ?? ""
        let mode: ResponseMeter.Mode
        let isSocket = head.status.code == 101
        if type.hasPrefix("text/event-stream") || isSocket {
            mode = isSocket ? .lines : .events
            record.isStream = true
        } else if record.endpoint.meter == .batchOutput {
            mode = .lines
        } else if type.isEmpty || type == "application/json" || type.contains("json") {
            mode = .document
        } else {
            mode = .opaque
            // Media that is made while it is sent.
            record.isStream = type.hasPrefix("audio/") && facts.transferEncoding?.lowercased() == "chunked"
        }
        response = ResponseMeter(mode: mode, meter: record.endpoint.meter)
        switch Inflater.Coding.reading(facts.contentEncoding) {
        case .identity: break
        case .coded(let coding): inflater = Inflater(coding)
        case .unknown: isCodingUnknown = true
        }
    }

    mutating func receive(body bytes: UnsafeBufferPointer<UInt8>, at now: () -> Int64) {
        guard response != nil, !isCodingUnknown, !isEncodingBroken else { return }
        if inflater != nil {
            var meter = response.take()
            let isSound = inflater?.inflate(bytes) { meter?.receive($0) } ?? false
            response = meter
            isEncodingBroken = !isSound
        } else {
            response?.receive(bytes)
        }
        if record.timing.timeToFirstToken == nil, response?.hasContent == true {
            record.timing.timeToFirstToken = elapsed(now())
        }
    }

    /// Takes a message of a socket, whole.
    mutating func receive(message bytes: UnsafeBufferPointer<UInt8>, at now: () -> Int64) {
        response?.receive(message: bytes)
        if record.timing.timeToFirstToken == nil, response?.hasContent == true {
            record.timing.timeToFirstToken = elapsed(now())
        }
    }

    /// Adds to the time that the gateway itself took.
    mutating func add(gatewayNanoseconds: Int64) {
        record.timing.gateway = (record.timing.gateway ?? 0) + gatewayNanoseconds / 1_000
    }

    /// The record as far as it is known, of an attempt that is still open.
    func snapshot(at now: Int64) -> CallRecord? {
        guard !isFinished else { return nil }
        var snapshot = record
        Self.fill(&snapshot, request.facts)
        switch response {
        case .some(let response): Self.fill(&snapshot, request.facts, from: response)
        case nil: break
        }
        Self.complete(&snapshot)
        snapshot.outcome = .open
        snapshot.timing.duration = elapsed(now)
        return snapshot
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
        Self.fill(&record, request.facts)
        record.timing.duration = elapsed(now)
        if var response = response.take() {
            response.finish()
            Self.fill(&record, request.facts, from: response)
            Self.complete(&record)
            record.errorType = record.errorType ?? errorType
            record.errorCode = record.errorCode ?? errorCode
            let status = record.status ?? 0
            record.outcome = outcome(ending, status, response)
            record.usageState = usageState(status, response)
            account(objects, response)
            self.response = consume response
        } else {
            Self.complete(&record)
            record.errorType = errorType
            record.errorCode = errorCode
            record.outcome = Self.outcome(ending)
            record.usageState = usageState()
        }
        return record
    }

    private func elapsed(_ now: Int64) -> Int64 { max(0, (now - startedAt) / 1_000) }
}
