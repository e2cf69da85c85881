import HTTPTypes

/// The decisions of an ``Exchange``, without clock, lock or sink.
struct ExchangeStateMachine: ~Copyable {
    private var record: CallRecord
    private let startedAt: Int64
    private let keyProject: String?
    private var request: RequestMeter
    private var response: ResponseMeter?
    private var inflater: Inflater?
    private var isCodingUnknown = false
    private var isEncodingBroken = false
    private var isFinished = false

    /// - Parameters:
    ///   - record: The record as far as the request's head tells it.
    ///   - startedAt: The monotonic nanoseconds of the start.
    ///   - keyProject: The project that is configured for the request's key.
    ///   - contentType: The request's media type.
    init(record: CallRecord, startedAt: Int64, keyProject: String?, contentType: String?) {
        self.record = record
        self.startedAt = startedAt
        self.keyProject = keyProject
        request = RequestMeter(contentType: contentType)
        self.record.project = record.requestedProject ?? keyProject ?? "default"
    }

    /// Whether the event that ends a stream was received.
    var isTerminated: Bool { response?.isTerminated ?? false }
    /// Whether the request asked for a stream.
    var asksForStream: Bool { request.facts.asksForStream }

    mutating func receive(requestBody bytes: UnsafeBufferPointer<UInt8>) {
        request.scan(bytes)
    }

    mutating func receive(head: HTTPResponse, at now: Int64) {
        // An interim response announces the real one.
        guard head.status.code >= 200 || head.status.code == 101 else { return }
        let fields = head.headerFields
        record.status = head.status.code
        record.timing.timeToHeaders = elapsed(now)
        record.timing.processing = HeaderText.microseconds(milliseconds: fields[.openAIProcessingMilliseconds])
        record.organization = HeaderText.clean(fields[.openAIOrganization])
        if let project = HeaderText.clean(fields[.openAIProject]) { record.project = project }
        record.requestID = HeaderText.clean(fields[.requestID]) ?? HeaderText.clean(fields[.azureRequestID])
        record.rateLimits = RateLimits(fields)
        record.retryAfterMilliseconds = Self.retryAfter(fields)
        record.model = HeaderText.clean(fields[.openAIModel])

        let type = fields[.contentType]?.lowercased() ?? ""
        let mode: ResponseMeter.Mode
        let isSocket = head.status.code == 101
        if type.hasPrefix("text/event-stream") || isSocket {
            mode = isSocket ? .lines : .events
            record.isStream = true
        } else if record.endpoint.meter == .batchOutput {
            mode = .lines
        } else if type.isEmpty || type.contains("json") {
            mode = .document
        } else {
            mode = .opaque
            // Media that is made while it is sent.
            record.isStream = type.hasPrefix("audio/") && fields[.transferEncoding]?.lowercased() == "chunked"
        }
        response = ResponseMeter(mode: mode, meter: record.endpoint.meter)
        switch fields[.contentEncoding]?.lowercased() {
        case nil, "", "identity": break
        case "gzip", "x-gzip": inflater = Inflater(.gzip)
        case "deflate": inflater = Inflater(.deflate)
        default: isCodingUnknown = true
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
        var snapshot = filled()
        snapshot.outcome = .open
        snapshot.timing.duration = elapsed(now)
        return snapshot
    }

    /// Ends the attempt; only the first call returns a record.
    mutating func finish(_ ending: Ending, errorType: String?, errorCode: String?, at now: Int64) -> CallRecord? {
        guard !isFinished else { return nil }
        isFinished = true
        response?.finish()
        record = filled()
        record.errorType = record.errorType ?? errorType
        record.errorCode = record.errorCode ?? errorCode
        record.timing.duration = elapsed(now)
        record.outcome = outcome(ending)
        record.usageState = usageState()
        return record
    }

    private func elapsed(_ now: Int64) -> Int64 { max(0, (now - startedAt) / 1_000) }

    /// The record with what the bodies have told so far.
    private func filled() -> CallRecord {
        var record = record
        let facts = request.facts
        record.requestModel = HeaderText.clean(facts.model) ?? record.requestModel
        record.requestedServiceTier = HeaderText.clean(facts.serviceTier)
        record.backgroundWindow = HeaderText.clean(facts.completionWindow)
        if let response {
            let identity = response.identity
            record.responseID = responseID(identity)
            record.serviceTier = serviceTier(identity)
            record.finish = finish(identity)
            record.errorType = HeaderText.clean(response.errorType, maximumLength: 64)
            record.errorCode = HeaderText.clean(response.errorCode, maximumLength: 64)
            if let model = HeaderText.clean(ResponseIdentity.text(identity.model)) { record.model = model }
            record.toolCalls = response.toolCalls
            record.units = units(response)
            if let usage = response.usage {
                record.usage = usage
                record.rawUsage = response.rawUsage
                record.usageSource = response.usageSource
                record.providerCost = response.providerCost
                record.usageState = response.isUnterminated ? .reportedUnterminated : .reported
            }
        }
        if record.endpoint.meter == .search, (record.status ?? 500) < 400 { record.toolCalls["file_search"] = 1 }
        record.model = record.model ?? record.requestModel
        return record
    }

    private func responseID(_ identity: ResponseIdentity) -> String? {
        switch record.endpoint.meter {
        case .stored, .storage: nil
        default: HeaderText.clean(ResponseIdentity.text(identity.identity))
        }
    }

    private func serviceTier(_ identity: ResponseIdentity) -> String? {
        switch record.endpoint.meter {
        case .batch, .batchOutput: "batch"
        case .agent: nil
        default: HeaderText.clean(ResponseIdentity.text(identity.serviceTier))
        }
    }

    /// The units that the response tells, completed by what only the request tells.
    private func units(_ response: ResponseMeter) -> [String: String] {
        var units = response.units
        guard (record.status ?? 500) < 400 else { return [:] }
        let facts = request.facts
        switch record.endpoint.meter {
        case .images, .imageUnits:
            guard response.hasBytes else { break }
            units["images"] = String(response.images > 0 ? response.images : facts.count ?? 1)
            if units["size"] == nil, let size = HeaderText.clean(facts.size, maximumLength: 32) {
                units["size"] = ResponseMeter.literal(size)
            }
            if units["quality"] == nil, let quality = HeaderText.clean(facts.quality, maximumLength: 32) {
                units["quality"] = ResponseMeter.literal(quality)
            }
        case .speech:
            if response.usage == nil, let scalars = facts.inputScalars { units["input_characters"] = String(scalars) }
        default: break
        }
        return units
    }

    private func finish(_ identity: ResponseIdentity) -> String? {
        func text(_ bytes: [UInt8]) -> String? { HeaderText.clean(ResponseIdentity.text(bytes), maximumLength: 64) }
        switch record.endpoint.meter {
        case .chat, .completions: return text(identity.finishReason)
        case .live: return text(identity.reason)
        case .embeddings, .stored, .free, .none, .session, .container, .storage, .realtime, .transcription, .speech:
            return nil
        default:
            guard let status = text(identity.status) else { return nil }
            guard status == "incomplete", let reason = ResponseIdentity.text(identity.reason) else { return status }
            return HeaderText.clean("\(status):\(reason)", maximumLength: 64)
        }
    }

    private func outcome(_ ending: Ending) -> Outcome {
        guard let status = record.status, let response else {
            return switch ending {
            case .completed, .cut, .unreachable: .unreachable
            case .clientDisconnected: .clientDisconnected
            case .timeout: .timeout
            case .abandoned: .abandoned
            }
        }
        if status >= 400 || response.hasError { return .error }
        if ending == .clientDisconnected { return .clientDisconnected }
        // Clients stop reading at the event that ends a stream, so what comes behind it changes nothing.
        if response.mode == .events, response.isTerminated { return .completed }
        switch ending {
        case .completed: break
        case .cut: return .cut
        case .unreachable: return .cut
        case .clientDisconnected: return .clientDisconnected
        case .timeout: return .timeout
        case .abandoned: return .abandoned
        }
        switch response.mode {
        case .events:
            return record.endpoint.meter == .none || isCodingUnknown || hasEndedByItself(response) ? .completed : .cut
        case .document:
            guard response.hasBytes, record.endpoint.meter != .none, !response.isDocumentInvalid else {
                return .completed
            }
            return response.isDocumentComplete || isEncodingBroken ? .completed : .cut
        case .lines, .opaque:
            return .completed
        }
    }

    /// Whether a stream without its end marker told all the same that it is complete.
    private func hasEndedByItself(_ response: ResponseMeter) -> Bool {
        response.usage != nil || !response.identity.finishReason.isEmpty
    }

    private func usageState() -> UsageState {
        switch record.endpoint.meter {
        case .stored, .free, .none, .session, .container, .storage, .search: return .notApplicable
        default: break
        }
        guard let status = record.status, let response else {
            return record.outcome == .unreachable ? .notApplicable : .missing
        }
        if response.usage != nil { return record.usageState }
        if status >= 400 { return .error }
        if isCodingUnknown || isEncodingBroken { return .unparsable }
        switch record.endpoint.meter {
        case .video: return record.units["video_seconds"] == nil ? .null : .unitsFromBody
        case .speech where record.units["input_characters"] != nil: return .unitsFromRequest
        case .images where response.isDocumentComplete && !response.hasNullUsage, .imageUnits:
            return record.outcome == .completed ? .unitsFromRequest : .cut
        case .transcription where response.mode == .opaque, .translation:
            return record.outcome == .completed ? .missing : .cut
        default: break
        }
        switch response.mode {
        case .opaque: return .unparsable
        case .lines: return .missing
        case .document:
            if response.hasNullUsage { return .null }
            if response.hasError { return .error }
            if response.isDocumentComplete { return .missing }
            return record.outcome == .completed ? .unparsable : .cut
        case .events:
            if response.isTerminated || !response.hasBytes { return .missing }
            return record.outcome == .completed || record.outcome == .error ? .missing : .cut
        }
    }

    private static func retryAfter(_ fields: HTTPFields) -> Int64? {
        if let microseconds = HeaderText.microseconds(milliseconds: fields[.retryAfterMilliseconds]) {
            return microseconds / 1_000
        }
        // A date is left to the caller: it needs the wall clock, and says no more than when.
        guard let seconds = fields[.retryAfter].flatMap({ JSONNumber.integer($0.utf8) }), seconds >= 0 else {
            return nil
        }
        let (milliseconds, overflow) = seconds.multipliedReportingOverflow(by: 1_000)
        return overflow ? nil : milliseconds
    }
}
