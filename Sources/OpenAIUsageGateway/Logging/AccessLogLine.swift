import OpenAIUsage
import OpenAIUsageLedger

/// A call as a line of the access log: one JSON object without content, keys, and the client's description of itself.
///
/// The names are those of `oai-usage calls --format jsonl`; unknown values are omitted.
struct AccessLogLine {
    private var bytes: [UInt8]

    private init(capacity: Int) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    /// Appends the line of a call, including its line feed.
    static func append(_ record: CallRecord, to output: inout [UInt8]) {
        var line = AccessLogLine(capacity: 512)
        line.bytes.append(UInt8(ascii: "{"))
        line.text("time", TimestampText.utc(record.startedAtMicroseconds + (record.timing.durationMicroseconds ?? 0)))
        line.text("id", record.id.description)
        line.text("request_id", record.requestID)
        line.text("method", record.method)
        line.text("host", record.host)
        line.text("path", record.path)
        line.text("endpoint", record.endpoint.name)
        line.literal("status", record.status.map { String($0) })
        line.text("outcome", record.outcome.rawValue)
        line.text("error_code", record.errorCode)
        line.literal(
            "duration_ms",
            record.timing.durationMicroseconds.map { DecimalText.milliseconds(microseconds: $0) }
        )
        line.literal("request_bytes", record.requestBytes.map { String($0) })
        line.literal("sent_bytes", record.sentBytes.map { String($0) })
        line.text("project", record.project)
        line.text("model", record.model)
        line.literal("input_tokens", record.usage.inputTokens.map { String($0) })
        line.literal("output_tokens", record.usage.outputTokens.map { String($0) })
        line.literal("cost_usd", record.cost.picoUSD.map { DecimalText.dollars(picoUSD: Int128($0)) })
        line.bytes += "}\n".utf8
        output += line.bytes
    }

    private mutating func name(_ name: StaticString) {
        if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
        bytes.append(UInt8(ascii: "\""))
        name.withUTF8Buffer { bytes += $0 }
        bytes += "\":".utf8
    }

    private mutating func text(_ name: StaticString, _ value: String?) {
        guard let value else { return }
        self.name(name)
        LogText.appendJSON(value, to: &bytes)
    }

    private mutating func literal(_ name: StaticString, _ value: String?) {
        guard let value else { return }
        self.name(name)
        bytes += value.utf8
    }
}
