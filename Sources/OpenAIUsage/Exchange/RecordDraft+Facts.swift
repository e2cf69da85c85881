extension RecordDraft {
    /// Adds to a record what the request's body has told so far.
    mutating func fill(_ facts: RequestFacts) {
        record.requestModel = HeaderText.clean(facts.model) ?? record.requestModel
        record.requestedServiceTier = HeaderText.clean(facts.serviceTier)
        record.backgroundWindow = HeaderText.clean(facts.completionWindow)
        record.requestOptions = facts.options
    }

    /// Adds to a record what the response's body has told so far.
    mutating func fill(_ facts: RequestFacts, from response: borrowing ResponseMeter) {
        record.responseID = Self.responseID(response.identity, record.endpoint)
        record.serviceTier = Self.serviceTier(response.identity, record.endpoint)
        record.finish = Self.finish(response.identity, record.endpoint)
        record.errorType = HeaderText.clean(response.errorType, maximumLength: 64)
        record.errorCode = HeaderText.clean(response.errorCode, maximumLength: 64)
        if let model = HeaderText.clean(ResponseIdentity.text(response.identity.model)) { record.model = model }
        record.toolCalls = response.toolCalls
        record.objectCreatedAt = response.createdAt
        // Searches of chat models are told by nothing but the citations of the answer: there was one at least.
        if response.hasCitations, record.endpoint.meter == .chat {
            let isPreview = (record.model ?? record.requestModel)?.contains("-search-preview") ?? false
            record.toolCalls[isPreview ? "web_search_preview" : "web_search"] = 1
        }
        record.units = (record.status ?? 500) < 400 ? Self.units(response, facts, record.endpoint.meter) : [:]
        if let usage = response.usage {
            record.usage = usage
            if let text = response.rawUsage { record.rawUsage = text }
            if let source = response.usageSource { record.usageSource = source }
            if let cost = response.providerCost { record.providerCost = cost }
            record.usageState = response.isUnterminated ? .reportedUnterminated : .reported
        }
    }

    /// Adds to a record what follows from both.
    mutating func complete() {
        if record.endpoint.meter == .search, (record.status ?? 500) < 400 { record.toolCalls["file_search"] = 1 }
        record.model = record.model ?? record.requestModel
    }

    private static func responseID(_ identity: ResponseIdentity, _ endpoint: Endpoint) -> String? {
        switch endpoint.meter {
        case .stored, .storage: nil
        default: HeaderText.clean(ResponseIdentity.text(identity.identity))
        }
    }

    private static func serviceTier(_ identity: ResponseIdentity, _ endpoint: Endpoint) -> String? {
        switch endpoint.meter {
        case .batch, .batchOutput: "batch"
        case .agent: nil
        default: HeaderText.clean(ResponseIdentity.text(identity.serviceTier))
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
        func text(_ bytes: [UInt8]) -> String? { HeaderText.clean(ResponseIdentity.text(bytes), maximumLength: 64) }
        switch endpoint.meter {
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
}
