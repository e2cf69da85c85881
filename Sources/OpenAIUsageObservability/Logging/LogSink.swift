public import Logging
public import OpenAIUsage

/// A sink that logs one line per call when it ends.
///
/// The message is constant; the details are metadata, without the keys whose values are unknown. A line contains no prompt,
/// completion, key or address.
public struct LogSink: UsageSink {
    private let logger: Logger
    private let level: Logger.Level
    private let failureLevel: Logger.Level
    private let includesTags: Bool

    /// Creates a sink.
    ///
    /// - Parameters:
    ///   - logger: The logger for the lines.
    ///   - level: The level for calls that succeeded or were ended by their caller.
    ///   - failureLevel: The level for calls that failed: errors, timeouts and truncated responses.
    ///   - includesTags: True to log the call's tags as well, as `tag.KEY`.
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

    /// True if a line would be written for some outcome of a call.
    var isActive: Bool { logger.logLevel <= max(level, failureLevel) }

    /// Logs the line of a call.
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
        note("duration_ms", microseconds: record.timing.durationMicroseconds)
        note("time_to_first_token_ms", microseconds: record.timing.timeToFirstTokenMicroseconds)
        note("openai_processing_ms", microseconds: record.timing.processingMicroseconds)
        note("input_tokens", record.usage.inputTokens)
        note("output_tokens", record.usage.outputTokens)
        if includesTags { for (key, value) in record.tags.pairs { note("tag." + key, value) } }
        return metadata
    }
}
