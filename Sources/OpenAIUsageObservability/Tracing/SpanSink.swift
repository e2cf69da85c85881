import OpenAIUsage
import Tracing

/// Sets the attributes of a call's span from its record, and ends the span.
struct SpanSink: UsageSink {
    let span: any Span
    let port: Int?
    let conventions: GenAIConventions

    func record(_ record: CallRecord) {
        let operation = Endpoint.GenerativeOperation(record.endpoint)
        span.operationName = record.requestModel.map { "\(operation.name) \($0)" } ?? operation.name
        span.updateAttributes { attributes in
            for row in SpanAttributeRow.all {
                guard let name = row.name(in: conventions), let value = row.value(record) else { continue }
                attributes[name] = value
            }
            if !record.host.isEmpty { attributes["server.port"] = port }
        }
        if record.outcome.isFailure { span.setStatus(SpanStatus(code: .error)) }
        span.end()
    }

    /// Returns the value of `gen_ai.provider.name` for a host; compatible providers count as OpenAI.
    static func provider(of host: String) -> String {
        let host = host.lowercased()
        let isAzure = ["openai.azure.com", "cognitiveservices.azure.com", "services.ai.azure.com", "openai.azure.us"]
            .contains { host == $0 || host.hasSuffix("." + $0) }
        return isAzure ? "azure.ai.openai" : "openai"
    }

    /// Returns the model that the response names; for some endpoints, only the request names one.
    static func servedModel(_ record: CallRecord) -> String? {
        guard let status = record.status, status < 400 else { return nil }
        guard record.endpoint.family.isModelServed else { return nil }
        return record.outcome == .completed || record.responseID != nil ? record.model : nil
    }

    /// Returns the API's error code or type, or else the status, or else the outcome.
    static func errorType(_ record: CallRecord) -> String? {
        guard record.outcome.isFailure else { return nil }
        if let named = record.errorCode ?? record.errorType { return named }
        if let status = record.status, status >= 400 { return String(status) }
        return record.outcome.rawValue
    }
}
