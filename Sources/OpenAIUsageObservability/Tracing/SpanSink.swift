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

    /// Returns the API's error code or type, or else the status, or else the outcome.
    static func errorType(_ record: CallRecord) -> String? {
        guard record.outcome.isFailure else { return nil }
        if let named = record.errorCode ?? record.errorType { return named }
        if let status = record.status, status >= 400 { return String(status) }
        return record.outcome.rawValue
    }
}
