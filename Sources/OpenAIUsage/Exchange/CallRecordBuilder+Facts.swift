extension CallRecordBuilder {
    /// Adds the facts of the request's body so far to the record.
    mutating func fill(_ request: ParsedRequest) {
        record.requestModel = RowText.maskingKey(TextCleaner.clean(request.model)) ?? record.requestModel
        record.requestedServiceTier = TextCleaner.clean(request.serviceTier)
        record.backgroundWindow = TextCleaner.clean(request.completionWindow)
        record.requestOptions = request.options
        record.requestBytes = request.length > 0 ? request.length : nil
        record.maximumOutputTokens = request.maximumOutputTokens
    }

    /// Adds the facts of the response's body so far to the record.
    mutating func fill(_ request: ParsedRequest, from response: borrowing ResponseReader) {
        let family = record.endpoint.family
        record.responseID = family.responseID(response.identity)
        record.serviceTier = family.serviceTier(response.identity)
        record.finish = family.finish(response.identity)
        record.errorType = RowText.word(response.errorType)
        record.errorCode = RowText.word(response.errorCode)
        if let model = TextCleaner.clean(ResponseIdentity.text(response.identity.model)) {
            record.model = RowText.maskingKey(model)
        }
        record.toolCalls = response.toolCalls
        record.objectCreatedAtMicroseconds = response.createdAt
        if response.isCacheHit { record.diagnostics["cache_hit"] = "true" }
        if response.mode == .events || response.mode == .documents { record.isStream = true }
        record.units = isSuccess ? family.units(response, request) : [:]
        if isSuccess { family.infer(&record, request, response) }
        if let cost = response.providerCost { record.providerCost = cost }
        if let text = response.rawUsage { record.rawUsage = RowText.maskingContent(ofUsage: text) }
        if let usage = response.usage {
            record.usage = usage
            if response.isContradictory { record.diagnostics[CallRecord.usageRemark] = CallRecord.contradiction }
            record.usage.deriveMissingSide(hasOutput: family.hasOutput)
            if let source = response.usageSource { record.usageSource = source }
            record.usageState = response.isUnterminated ? .reportedUnterminated : .reported
        }
    }

    /// True if the response is neither an error nor a redirect.
    var isSuccess: Bool { record.status.map { $0 < 300 } ?? false }

    /// Adds the facts that follow from request and response together.
    mutating func complete() {
        record.model = record.model ?? record.requestModel
    }
}
