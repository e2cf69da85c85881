extension RecordDraft {
    /// Adds to a record what the request's body has told so far.
    mutating func fill(_ facts: RequestFacts) {
        record.requestModel = TextCleaner.clean(facts.model) ?? record.requestModel
        record.requestedServiceTier = TextCleaner.clean(facts.serviceTier)
        record.backgroundWindow = TextCleaner.clean(facts.completionWindow)
        record.requestOptions = facts.options
        record.requestBytes = facts.length > 0 ? facts.length : nil
        record.maximumOutputTokens = facts.maximumOutputTokens
    }

    /// Adds to a record what the response's body has told so far.
    mutating func fill(_ facts: RequestFacts, from response: borrowing ResponseMeter) {
        record.responseID = Self.responseID(response.identity, record.endpoint)
        record.serviceTier = Self.serviceTier(response.identity, record.endpoint)
        record.finish = Self.finish(response.identity, record.endpoint)
        record.errorType = TextCleaner.clean(response.errorType, maximumLength: 64)
        record.errorCode = TextCleaner.clean(response.errorCode, maximumLength: 64)
        if let model = TextCleaner.clean(ResponseIdentity.text(response.identity.model)) { record.model = model }
        record.toolCalls = response.toolCalls
        record.objectCreatedAt = response.createdAt
        // Searches of chat models are told by nothing but the citations of the answer: there was one at least.
        if response.hasCitations, record.endpoint.meter == .chat {
            let isPreview = (record.model ?? record.requestModel)?.contains("-search-preview") ?? false
            record.toolCalls[isPreview ? "web_search_preview" : "web_search"] = 1
        }
        if response.isCacheHit { record.diagnostics["cache_hit"] = "true" }
        if response.mode == .events || response.mode == .documents { record.isStream = true }
        record.units = isSuccess ? Self.units(response, facts, record.endpoint.meter) : [:]
        if let cost = response.providerCost { record.providerCost = cost }
        if response.usage == nil, let text = response.rawUsage { record.rawUsage = text }
        if let usage = response.usage {
            record.usage = usage
            if response.isContradictory { record.diagnostics[CallRecord.usageRemark] = CallRecord.contradiction }
            record.usage.deriveMissingSide(hasOutput: record.endpoint.meter != .embeddings)
            if let text = response.rawUsage { record.rawUsage = text }
            if let source = response.usageSource { record.usageSource = source }
            record.usageState = response.isUnterminated ? .reportedUnterminated : .reported
        }
    }

    /// True if the response is the answer that was asked for: no error, and not a word about where to ask instead.
    var isSuccess: Bool { record.status.map { $0 < 300 } ?? false }

    /// Adds to a record what follows from both.
    mutating func complete() {
        if record.endpoint.meter == .search, isSuccess { record.toolCalls["file_search"] = 1 }
        record.model = record.model ?? record.requestModel
    }

    private static func responseID(_ identity: ResponseIdentity, _ endpoint: Endpoint) -> String? {
        switch endpoint.meter {
        case .stored, .storage: nil
        default: TextCleaner.clean(ResponseIdentity.text(identity.identity))
        }
    }

    private static func serviceTier(_ identity: ResponseIdentity, _ endpoint: Endpoint) -> String? {
        switch endpoint.meter {
        case .batch, .batchOutput: "batch"
        case .agent: nil
        default: TextCleaner.clean(ResponseIdentity.text(identity.serviceTier))
        }
    }

    /// The units that the response tells, completed by what only the request tells.
    private static func units(
        _ response: borrowing ResponseMeter,
        _ facts: RequestFacts,
        _ meter: Endpoint.Meter
    ) -> [String: String] {
        var units = response.units
        switch meter {
        case .images, .imageUnits:
            guard response.hasBytes else { break }
            units["images"] = response.images > 0 ? String(response.images) : facts[.count] ?? "1"
            units["size"] = units["size"] ?? facts[.size]
            units["quality"] = units["quality"] ?? facts[.quality]
        case .speech:
            if response.usage == nil, let scalars = facts.inputScalars { units["input_characters"] = String(scalars) }
        default: break
        }
        return units
    }

    private static func finish(_ identity: ResponseIdentity, _ endpoint: Endpoint) -> String? {
        func text(_ bytes: [UInt8]) -> String? { TextCleaner.clean(ResponseIdentity.text(bytes), maximumLength: 64) }
        switch endpoint.meter {
        case .chat, .completions: return text(identity.finishReason)
        case .live: return text(identity.reason)
        case .embeddings, .stored, .free, .none, .session, .container, .storage, .realtime, .transcription, .speech:
            return nil
        default:
            guard let status = text(identity.status) else { return nil }
            guard status == "incomplete", let reason = ResponseIdentity.text(identity.reason) else { return status }
            return TextCleaner.clean("\(status):\(reason)", maximumLength: 64)
        }
    }
}
