extension RecordDraft {
    /// Adds to a record what the response's head has told, and decides how its body is read.
    ///
    /// - Parameters:
    ///   - facts: What the head says.
    ///   - status: Its status.
    ///   - elapsed: Microseconds since the start.
    /// - Returns: What reads the body.
    mutating func take(_ facts: borrowing ResponseHeadFacts, status: Int, at elapsed: Int64) -> ResponseReading {
        record.status = status
        record.timing.timeToHeaders = elapsed
        record.timing.processing = facts.processing
        record.timing.upstreamService = facts.upstreamService
        if let organization = facts.organization { record.organization = organization }
        if let project = facts.project { record.project = project }
        if let requestID = facts.requestID { record.requestID = requestID }
        if let edgeRequestID = facts.edgeRequestID { record.edgeRequestID = edgeRequestID }
        // What was noted of the request stays.
        record.diagnostics.merge(facts.diagnostics) { $1 }
        record.rateLimits = facts.rateLimits
        record.retryAfterMilliseconds = facts.retryAfterMilliseconds
        if let model = facts.model { record.model = model }
        return ResponseReading(mode: mode(facts, status), meter: record.endpoint.meter)
    }

    private mutating func mode(_ facts: borrowing ResponseHeadFacts, _ status: Int) -> ResponseMeter.Mode {
        let type = facts.contentType.map { HeaderText.lowercased($0) } ?? ""
        let isSocket = status == 101
        if isSocket || type.hasPrefix("text/event-stream") {
            record.isStream = true
            return isSocket ? .lines : .events
        }
        if record.endpoint.meter == .batchOutput { return .lines }
        if type.isEmpty || type == "application/json" || type.contains("json") { return .document }
        // Media that is made while it is sent.
        record.isStream = type.hasPrefix("audio/") && facts.transferEncoding?.lowercased() == "chunked"
        return .opaque
    }
}
