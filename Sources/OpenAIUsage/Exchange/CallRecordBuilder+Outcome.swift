extension CallRecordBuilder {
    /// Adds to a record what the bodies have told, and decides how the attempt ended.
    mutating func finish(
        _ request: ParsedRequest,
        _ response: ResponseReading?,
        _ ending: TransportEnd,
        _ objects: BilledObjects,
        _ duration: Int64
    ) {
        record.timing.duration = duration
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

    /// Adds an error that is not the API's own, if the API has told of none.
    mutating func addError(_ type: String?, _ code: String?) {
        if record.errorType == nil { record.errorType = type }
        if record.errorCode == nil { record.errorCode = code }
    }

    /// Decides how an attempt ended that had no response.
    private mutating func settle(_ ending: TransportEnd) {
        record.outcome = Self.outcome(ending)
        record.usageState = usageState(ending)
    }

    /// Decides how an attempt ended that had one, and what of it is to be added up.
    private mutating func settle(_ ending: TransportEnd, _ response: borrowing ResponseReader, _ objects: BilledObjects)
    {
        let status = record.status ?? 0
        record.outcome = outcome(ending, status, response)
        record.usageState = usageState(status, response)
        account(objects, response)
    }

    /// How an attempt ended that had no response.
    private static func outcome(_ ending: TransportEnd) -> Outcome {
        switch ending {
        case .completed, .cut, .unreachable, .unanswered: .unreachable
        case .clientDisconnected: .clientDisconnected
        case .timeout, .connectTimeout: .timeout
        case .abandoned: .abandoned
        case .interrupted: .interrupted
        }
    }

    /// How an attempt ended that had one.
    private func outcome(_ ending: TransportEnd, _ status: Int, _ response: borrowing ResponseReader) -> Outcome {
        if status >= 400 || response.hasError { return .error }
        if ending == .clientDisconnected { return .clientDisconnected }
        // Clients stop reading at the event that ends a stream, so what comes behind it changes nothing.
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

    /// Whether a stream without its end marker told all the same that it is complete.
    private func hasEndedByItself(_ response: borrowing ResponseReader) -> Bool {
        // The events of a response tell its end by their names alone.
        !record.endpoint.family.endsByEventOnly && (response.usage != nil || !response.identity.finishReason.isEmpty)
    }

    /// What became of the usage of an attempt that had no response.
    ///
    /// A request that was sent may have been carried out and billed, whatever came back.
    private func usageState(_ ending: TransportEnd) -> UsageState {
        switch ending {
        case .unreachable, .connectTimeout: .notApplicable
        case .completed, .cut, .clientDisconnected, .timeout, .unanswered, .abandoned, .interrupted:
            isUsageExpected ? .missing : .notApplicable
        }
    }

    /// True if a successful call of the endpoint reports usage.
    private var isUsageExpected: Bool { record.endpoint.family.isUsageExpected }

    /// What became of the usage of an attempt that had one.
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
