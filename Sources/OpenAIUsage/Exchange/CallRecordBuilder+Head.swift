extension CallRecordBuilder {
    /// Adds the facts of the response's head to the record, and decides how its body is read.
    ///
    /// - Parameters:
    ///   - facts: The parsed headers.
    ///   - status: The status.
    ///   - elapsed: The microseconds since the start.
    /// - Returns: The reader of the body.
    mutating func take(_ facts: borrowing ResponseHeaders, status: Int, at elapsed: Int64) -> ResponseReading {
        record.status = status
        record.timing.timeToHeadersMicroseconds = elapsed
        record.timing.processingMicroseconds = facts.processing
        record.timing.upstreamServiceMicroseconds = facts.upstreamService
        if let organization = facts.organization { record.organization = organization }
        if let project = facts.project { record.project = project }
        if let requestID = facts.requestID { record.requestID = requestID }
        if let edgeRequestID = facts.edgeRequestID { record.edgeRequestID = edgeRequestID }
        if record.diagnostics.isEmpty {
            record.diagnostics = facts.diagnostics
        } else {
            // The request's diagnostics stay.
            record.diagnostics.merge(facts.diagnostics) { $1 }
        }
        record.rateLimits = facts.rateLimits
        record.retryAfterMilliseconds = facts.retryAfterMilliseconds
        if let model = facts.model { record.model = model }
        record.providerCost = facts.providerCost
        // Media that is generated while it is sent.
        record.isStream =
            status == 101
            || (facts.contentType.map { HeaderText.lowercased($0).hasPrefix("audio/") } ?? false
                && facts.transferEncoding?.lowercased() == "chunked")
        return ResponseReading(
            mode: status == 101 || record.endpoint.family.isLines ? .lines : nil,
            hint: BodySniffer.Hint(contentType: facts.contentType),
            family: record.endpoint.family
        )
    }
}
