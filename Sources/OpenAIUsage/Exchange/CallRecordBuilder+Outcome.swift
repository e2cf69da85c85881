extension CallRecordBuilder {
    /// Adds the facts of the bodies to the record, and decides how the attempt ended.
    mutating func finish(
        _ request: ParsedRequest,
        _ response: ResponseReading?,
        _ ending: TransportEnd,
        _ objects: BilledObjects,
        _ duration: Int64
    ) {
        record.timing.durationMicroseconds = duration
        fill(request)
        if let response {
            fill(request, from: response.reader)
            complete()
            settle(ending, response.reader, objects)
        } else {
            complete()
            settle(ending)
        }
    }

    /// Adds an error that is not the API's own, unless the API has reported one.
    mutating func addError(_ type: String?, _ code: String?) {
        if record.errorType == nil { record.errorType = type }
        if record.errorCode == nil { record.errorCode = code }
    }

    /// Decides the outcome of an attempt without a response.
    private mutating func settle(_ ending: TransportEnd) {
        record.outcome = Self.outcome(ending)
        record.usageState = usageState(ending)
    }

    /// Decides the outcome of an attempt with a response, and which of its usage counts.
    private mutating func settle(_ ending: TransportEnd, _ response: borrowing ResponseReader, _ objects: BilledObjects)
    {
        let status = record.status ?? 0
        record.outcome = outcome(ending, status, response)
        record.usageState = usageState(status, response)
        account(objects, response)
    }

    /// The outcome of an attempt without a response.
    private static func outcome(_ ending: TransportEnd) -> Outcome {
        switch ending {
        case .completed, .cut, .unreachable, .unanswered: .unreachable
        case .clientDisconnected: .clientDisconnected
        case .timeout, .connectTimeout: .timeout
        case .abandoned: .abandoned
        case .interrupted: .interrupted
        }
    }

    /// The outcome of an attempt with a response.
    private func outcome(_ ending: TransportEnd, _ status: Int, _ response: borrowing ResponseReader) -> Outcome {
        if status >= 400 || response.hasError { return .error }
        if ending == .clientDisconnected { return .clientDisconnected }
        // Clients stop reading at the event that ends a stream, so that anything after it is irrelevant.
        if response.mode == .events, response.isTerminated { return .completed }
        switch ending {
        case .completed: break
        case .cut: return .cut
        case .unreachable, .unanswered: return .cut
        case .clientDisconnected: return .clientDisconnected
        case .timeout, .connectTimeout: return .timeout
        case .abandoned: return .abandoned
        case .interrupted: return .interrupted
        }
        switch response.mode {
        case .events:
            return record.endpoint.family.isUnknown || isCodingUnknown || hasEndedByItself(response) ? .completed : .cut
        case .document:
            guard response.hasBytes, !record.endpoint.family.isUnknown, !response.isDocumentInvalid else {
                return .completed
            }
            return response.isDocumentComplete || isEncodingBroken ? .completed : .cut
        case .lines, .documents, .opaque:
            return .completed
        }
    }

    /// True if a stream without its end marker is complete all the same.
    private func hasEndedByItself(_ response: borrowing ResponseReader) -> Bool {
        // Some streams mark their end by the name of an event only.
        !record.endpoint.family.endsByEventOnly && (response.usage != nil || !response.identity.finishReason.isEmpty)
    }

    /// The usage state of an attempt without a response.
    ///
    /// A request that was sent may have been carried out and billed, however the attempt ended.
    private func usageState(_ ending: TransportEnd) -> UsageState {
        switch ending {
        case .unreachable, .connectTimeout: .notApplicable
        case .completed, .cut, .clientDisconnected, .timeout, .unanswered, .abandoned, .interrupted:
            isUsageExpected ? .missing : .notApplicable
        }
    }

    /// True if a successful call of the endpoint reports usage.
    private var isUsageExpected: Bool { record.endpoint.family.isUsageExpected }

    /// The usage state of an attempt with a response.
    private func usageState(_ status: Int, _ response: borrowing ResponseReader) -> UsageState {
        if record.endpoint.family.isUnknown, response.usage != nil { return record.usageState }
        guard isUsageExpected, status < 300 || status >= 400 else { return .notApplicable }
        if response.usage != nil { return record.usageState }
        if status >= 400 { return .error }
        if isCodingUnknown || isEncodingBroken || response.hasUnreadUsage { return .unparsable }
        if let state = record.endpoint.family.stateWithoutUsage(record, response) { return state }
        switch response.mode {
        case .opaque: return .unparsable
        case .lines, .documents: return response.hasNullUsage ? .null : .missing
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
}
