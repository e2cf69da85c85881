import OpenAIUsage
import Tracing

/// Sets the attributes of a call's span from its record, and ends the span.
struct SpanSink: UsageSink {
    let span: any Span
    let port: Int?

    func record(_ record: CallRecord) {
        let operation = Endpoint.GenerativeOperation(record.endpoint)
        span.operationName = record.requestModel.map { "\(operation.name) \($0)" } ?? operation.name
        span.updateAttributes { attributes in
            note(operation, record, in: &attributes)
            noteUsage(record, in: &attributes)
        }
        if record.outcome.isFailure { span.setStatus(SpanStatus(code: .error)) }
        span.end()
    }

    private func note(
        _ operation: Endpoint.GenerativeOperation,
        _ record: CallRecord,
        in attributes: inout SpanAttributes
    ) {
        attributes["gen_ai.operation.name"] = operation.name
        attributes["gen_ai.provider.name"] = Self.provider(of: record.host)
        attributes["gen_ai.output.type"] = operation.outputType
        attributes["gen_ai.request.model"] = record.requestModel
        attributes["gen_ai.request.stream"] = record.isStream ? true : nil
        attributes["gen_ai.response.model"] = Self.servedModel(record)
        attributes["gen_ai.response.id"] = record.responseID
        attributes["gen_ai.response.time_to_first_chunk"] = record.timing.timeToFirstTokenMicroseconds.map {
            Double($0) / 1_000_000
        }
        attributes["openai.api.type"] = operation.apiType
        attributes["openai.request.service_tier"] = record.requestedServiceTier
        attributes["openai.response.service_tier"] = record.serviceTier
        attributes["openai.request_id"] = record.requestID
        attributes["http.request.method"] = record.method
        attributes["http.request.resend_count"] = record.attempt > 0 ? record.attempt : nil
        attributes["http.response.status_code"] = record.status
        if !record.host.isEmpty {
            attributes["server.address"] = record.host
            attributes["server.port"] = port
        }
        attributes["oai_usage.outcome"] = record.outcome.rawValue
        attributes["error.type"] = Self.errorType(record)
    }

    /// Returns the value of `gen_ai.provider.name` for a host; compatible providers count as OpenAI.
    static func provider(of host: String) -> String {
        let host = host.lowercased()
        let isAzure = ["openai.azure.com", "cognitiveservices.azure.com", "services.ai.azure.com", "openai.azure.us"]
            .contains { host == $0 || host.hasSuffix("." + $0) }
        return isAzure ? "azure.ai.openai" : "openai"
    }

    /// Sets the usage attributes, unless the call only shows a response whose usage is in an earlier span.
    private func noteUsage(_ record: CallRecord, in attributes: inout SpanAttributes) {
        guard record.isCounted else { return }
        attributes["gen_ai.usage.input_tokens"] = record.usage.inputTokens
        attributes["gen_ai.usage.output_tokens"] = record.usage.outputTokens
        attributes["gen_ai.usage.cache_read.input_tokens"] = record.usage.cachedInputTokens
        attributes["gen_ai.usage.cache_creation.input_tokens"] = record.usage[.cacheWriteTokens]
        attributes["gen_ai.usage.reasoning.output_tokens"] = record.usage.reasoningTokens
    }

    /// Returns the model that the response names; for some endpoints, only the request names one.
    private static func servedModel(_ record: CallRecord) -> String? {
        guard let status = record.status, status < 400 else { return nil }
        guard record.endpoint.family.isModelServed else { return nil }
        return record.outcome == .completed || record.responseID != nil ? record.model : nil
    }

    /// Returns the API's error code or type, or else the status, or else the outcome.
    private static func errorType(_ record: CallRecord) -> String? {
        guard record.outcome.isFailure else { return nil }
        if let named = record.errorCode ?? record.errorType { return named }
        if let status = record.status, status >= 400 { return String(status) }
        return record.outcome.rawValue
    }
}
