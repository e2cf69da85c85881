extension RecordDraft {
    /// Adds to a record what the request's body has told so far.
    mutating func fill(_ facts: RequestFacts) {
        record.requestModel = RowText.maskingKey(TextCleaner.clean(facts.model)) ?? record.requestModel
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
        record.errorType = RowText.word(response.errorType)
        record.errorCode = RowText.word(response.errorCode)
        if let model = TextCleaner.clean(ResponseIdentity.text(response.identity.model)) {
            record.model = RowText.maskingKey(model)
        }
        record.toolCalls = response.toolCalls
        record.objectCreatedAt = response.createdAt
        if response.isCacheHit { record.diagnostics["cache_hit"] = "true" }
        if response.mode == .events || response.mode == .documents { record.isStream = true }
        record.units = isSuccess ? Self.units(response, facts, record.endpoint.meter) : [:]
        noteSearches(facts, response)
        if let cost = response.providerCost { record.providerCost = cost }
        if let text = response.rawUsage { record.rawUsage = RowText.maskingContent(ofUsage: text) }
        if let usage = response.usage {
            record.usage = usage
            if response.isContradictory { record.diagnostics[CallRecord.usageRemark] = CallRecord.contradiction }
            record.usage.deriveMissingSide(hasOutput: record.endpoint.meter != .embeddings)
            if let source = response.usageSource { record.usageSource = source }
            record.usageState = response.isUnterminated ? .reportedUnterminated : .reported
        }
    }

    /// Notes the searches of a chat model that nothing counts.
    ///
    /// A model that is made to search does so for every answer. Any other one has searched if the request let it and the
    /// answer cites pages; pages that are cited otherwise came from elsewhere. There was one search at least.
    private mutating func noteSearches(_ facts: RequestFacts, _ response: borrowing ResponseMeter) {
        guard record.endpoint.meter == .chat, isSuccess, response.hasDocument, !response.hasError,
            record.toolCalls["web_search"] == nil, let model = record.model ?? record.requestModel
        else { return }
        let isPreview = HeaderText.contains(model, "-search-preview")
        guard isPreview || HeaderText.contains(model, "-search-api") || (response.hasCitations && facts.asksForSearch)
        else {
            return
        }
        record.toolCalls[isPreview ? "web_search_preview" : "web_search"] = 1
        record.units["web_search_calls_min"] = "1"
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
        case .stored, .storage, .objectList: nil
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
        func text(_ bytes: [UInt8]) -> String? { RowText.word(ResponseIdentity.text(bytes)) }
        switch endpoint.meter {
        case .chat, .completions: return text(identity.finishReason)
        case .live: return text(identity.reason)
        case .embeddings, .stored, .free, .objectList, .none, .session, .container, .storage, .realtime, .transcription,
            .speech:
            return nil
        default:
            guard let status = text(identity.status) else { return nil }
            guard status == "incomplete", let reason = ResponseIdentity.text(identity.reason) else { return status }
            return RowText.word("\(status):\(reason)")
        }
    }
}
