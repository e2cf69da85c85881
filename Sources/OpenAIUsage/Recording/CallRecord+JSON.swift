extension CallRecord {
    /// The counters in every record, even if unknown; others are written only if they are reported.
    private static let shownCounters: [TokenCounter] = [
        .inputTokens, .cachedInputTokens, .cacheWriteTokens, .audioInputTokens, .outputTokens, .reasoningTokens,
        .totalTokens,
    ]

    /// The record as one line of JSON, with the keys of `oai-usage calls --format jsonl`.
    ///
    /// The keys are stable. Money is a number whose text is the exact decimal, never an exponent; times are RFC 3339 in
    /// UTC; a value that is not known is `null`.
    public var json: String {
        var json = JSONWriter()
        json.beginObject()
        writeIdentity(to: &json)
        writeRequest(to: &json)
        writeResult(to: &json)
        writeUsage(to: &json)
        json.member("cost_usd", literal: cost.picoUSD.map { DecimalText.dollars(picoUSD: Int128($0)) })
        json.member("cost_status", cost.status.rawValue)
        json.member("cost_reason", cost.reason?.rawValue)
        json.member(
            "cost_upper_bound_usd",
            literal: cost.upperBoundPicoUSD.map { DecimalText.dollars(picoUSD: Int128($0)) }
        )
        json.member("price_version", cost.priceVersion)
        writeRateLimits(to: &json)
        json.endObject()
        return json.text
    }

    private func writeIdentity(to json: inout JSONWriter) {
        json.member("id", id.description)
        json.member("operation_id", operationID)
        json.member("attempt", attempt)
        json.member("started_at", startedAt.description)
        json.member("duration_ms", literal: Self.milliseconds(timing.durationMicroseconds))
        json.member("time_to_headers_ms", literal: Self.milliseconds(timing.timeToHeadersMicroseconds))
        json.member("time_to_first_token_ms", literal: Self.milliseconds(timing.timeToFirstTokenMicroseconds))
        json.member("processing_ms", literal: Self.milliseconds(timing.processingMicroseconds))
        json.member("upstream_service_ms", literal: Self.milliseconds(timing.upstreamServiceMicroseconds))
        json.member("gateway_ms", literal: Self.milliseconds(timing.gatewayMicroseconds))
    }

    private func writeRequest(to json: inout JSONWriter) {
        json.member("source", source.rawValue)
        json.member("client", client)
        json.member("method", method)
        json.member("host", host)
        json.member("path", path)
        json.member("endpoint", endpoint.name)
        json.member("stream", literal: isStream ? "true" : "false")
        json.member("organization", organization)
        json.member("project", project)
        json.member("key", key?.description)
        json.member("tags", literal: CompactJSON.object(tags))
        json.member("requested_organization", requestedOrganization)
        json.member("requested_project", requestedProject)
        json.member("request_model", requestModel)
        json.member("model", model)
        json.member("requested_service_tier", requestedServiceTier)
        json.member("service_tier", serviceTier)
        json.member("background_window", backgroundWindow)
        json.member("request_bytes", requestBytes)
        json.member("max_output_tokens", maximumOutputTokens)
        json.member("request_options", literal: CompactJSON.object(requestOptions) ?? "{}")
    }

    private func writeResult(to json: inout JSONWriter) {
        json.member("status", status)
        json.member("outcome", outcome.rawValue)
        json.member("finish", finish)
        json.member("error_type", errorType)
        json.member("error_code", errorCode)
        json.member("request_id", requestID)
        json.member("client_request_id", clientRequestID)
        json.member("response_id", responseID)
        json.member("edge_request_id", edgeRequestID)
        json.member("trace_id", traceID)
        json.member("diagnostics", literal: CompactJSON.object(texts: diagnostics) ?? "{}")
    }

    private func writeUsage(to json: inout JSONWriter) {
        json.member("counted", literal: isCounted ? "true" : "false")
        json.member("usage_state", usageState.rawValue)
        json.member("usage_source", usageSource)
        for counter in Self.shownCounters { json.member(counter.name, usage[counter]) }
        for (counter, value) in usage.counters where !Self.shownCounters.contains(counter) {
            json.member(counter.name, value)
        }
        json.member("units", literal: CompactJSON.object(units) ?? "{}")
        json.member("tool_calls", literal: CompactJSON.object(toolCalls.mapValues { String($0) }) ?? "{}")
        // The provider's object is stored verbatim, and may span several lines.
        json.member("usage", literal: rawUsage.flatMap(CompactJSON.compacted(_:)))
    }

    private func writeRateLimits(to json: inout JSONWriter) {
        json.key("rate_limit")
        guard let rateLimits else { return json.literal("null") }
        rateLimits.write(to: &json)
    }

    private static func milliseconds(_ microseconds: Int64?) -> String? {
        microseconds.map(DecimalText.milliseconds(microseconds:))
    }
}

extension RateLimits {
    /// Writes the windows as an object by resource.
    package func write(to json: inout JSONWriter) {
        json.beginObject()
        for (resource, window) in windows {
            json.key(resource)
            json.beginObject()
            json.member("limit", window.limit)
            json.member("remaining", window.remaining)
            json.member("reset_seconds", literal: window.resetMicroseconds.map(DecimalText.seconds(microseconds:)))
            json.endObject()
        }
        json.endObject()
    }
}
