public import Logging
public import OpenAIUsage

/// A sink that writes one line for every call that has ended.
///
/// The message is always the same; what differs stands in the metadata, and a value that is not known is left out. A line
/// holds no prompt, no completion, no key and no address.
public struct LogSink: UsageSink {
    private let logger: Logger
    private let level: Logger.Level
    private let failureLevel: Logger.Level
    private let includesTags: Bool

    /// Creates a sink.
    ///
    /// - Parameters:
    ///   - logger: Where the lines go.
    ///   - level: The level of calls that succeeded, or that their own caller gave up.
    ///   - failureLevel: The level of calls that failed: errors, timeouts, and responses that were cut.
    ///   - includesTags: Whether the call's tags are written too, as `tag.KEY`.
    public init(
        _ logger: Logger = Logger(label: "oai-usage"),
        level: Logger.Level = .info,
        failureLevel: Logger.Level = .warning,
        includesTags: Bool = false
    ) {
        self.logger = logger
        self.level = level
        self.failureLevel = failureLevel
        self.includesTags = includesTags
    }

    /// Whether there is a call of which a line would be written.
    var isActive: Bool { logger.logLevel <= max(level, failureLevel) }

    /// Writes the line of a call.
    public func record(_ record: CallRecord) {
        let level = record.outcome.isFailure ? failureLevel : level
        guard logger.logLevel <= level else { return }
        logger.log(level: level, "OpenAI call ended", metadata: metadata(of: record))
    }

    private func metadata(of record: CallRecord) -> Logger.Metadata {
        var metadata: Logger.Metadata = [
            "operation_id": .string(record.operationID),
            "attempt": .stringConvertible(record.attempt),
            "endpoint": .string(record.endpoint.name),
            "method": .string(record.method),
            "outcome": .string(record.outcome.rawValue),
            "project": .string(record.project),
        ]
        func note(_ key: String, _ value: String?) {
            if let value { metadata[key] = .string(value) }
        }
        func note(_ key: String, _ value: (some BinaryInteger & Sendable)?) {
            if let value { metadata[key] = .stringConvertible(value) }
        }
        func note(_ key: String, microseconds: Int64?) {
            if let microseconds { metadata[key] = .stringConvertible(Double(microseconds) / 1_000) }
        }
        note("request_id", record.requestID ?? record.edgeRequestID)
        note("client_request_id", record.clientRequestID)
        note("trace_id", record.traceID)
        note("status", record.status)
        note("model", record.model)
        note("error_type", record.errorType)
        note("error_code", record.errorCode)
        note("duration_ms", microseconds: record.timing.duration)
        note("time_to_first_token_ms", microseconds: record.timing.timeToFirstToken)
        note("openai_processing_ms", microseconds: record.timing.processing)
        note("input_tokens", record.usage.inputTokens)
        note("output_tokens", record.usage.outputTokens)
        if includesTags { for (key, value) in record.tags.pairs { note("tag." + key, value) } }
        return metadata
    }
}
