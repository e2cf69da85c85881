import ArgumentParser
import OpenAIUsage
import OpenAIUsageLedger

/// The output formats for calls.
enum CallsFormat: String, ExpressibleByArgument, CaseIterable {
    case table, jsonl, json, csv
}

/// The maximum number of calls to list; 0 for all.
struct CallLimit: ExpressibleByArgument {
    var value: Int

    init(value: Int) {
        self.value = value
    }

    init?(argument: String) {
        guard let value = Int(argument), value >= 0 else { return nil }
        self.value = value
    }

    var defaultValueDescription: String { String(value) }
}

/// Writes calls one by one.
struct CallsWriter {
    private let format: CallsFormat
    private var count = 0

    init(format: CallsFormat) {
        self.format = format
    }

    /// Writes the header of the format.
    mutating func begin() {
        switch format {
        case .table: StandardOutput.write(Self.line(Self.headings) + "\n")
        case .csv: StandardOutput.write(Self.header.csv)
        case .json: StandardOutput.write("[")
        case .jsonl: break
        }
    }

    /// Writes a call.
    mutating func write(_ record: CallRecord) {
        switch format {
        case .table: StandardOutput.write(Self.line(Self.cells(record)) + "\n")
        case .jsonl: StandardOutput.write(record.json + "\n")
        case .json: StandardOutput.write((count == 0 ? "\n" : ",\n") + record.json)
        case .csv:
            var table = Self.header
            table.rows = [Self.fields(record)]
            StandardOutput.write(String(table.csv.split(separator: "\r\n", maxSplits: 1)[1]))
        }
        count += 1
    }

    /// Writes the end of the format.
    mutating func end() {
        if format == .json { StandardOutput.write(count == 0 ? "]\n" : "\n]\n") }
    }

    private static let headings = [
        "TIME", "PROJECT", "ENDPOINT", "MODEL", "STATUS", "OUTCOME", "INPUT", "OUTPUT", "COST", "DURATION",
        "REQUEST ID",
    ]
    private static let widths = [23, 16, 18, 26, 6, 19, 9, 9, 12, 9, 0]
    private static let numeric: Set<Int> = [6, 7, 8, 9]

    private static func line(_ cells: [String]) -> String {
        var text = ""
        for (index, cell) in cells.enumerated() {
            let padding = String(repeating: " ", count: max(0, widths[index] - DisplayWidth.of(cell)))
            text += numeric.contains(index) ? padding + cell : cell + (index == cells.count - 1 ? "" : padding)
            if index < cells.count - 1 { text += "  " }
        }
        return text
    }

    private static func cells(_ record: CallRecord) -> [String] {
        [
            TimestampText.utc(record.startedAtMicroseconds).replacingLastMicroseconds, record.project,
            record.endpoint.name,
            record.model ?? "-", record.status.map { String($0) } ?? "-", record.outcome.rawValue,
            NumberFormat.count(record.usage.inputTokens.map { Int128($0) }),
            NumberFormat.count(record.usage.outputTokens.map { Int128($0) }),
            NumberFormat.dollars(picoUSD: record.cost.picoUSD.map { Int128($0) }),
            NumberFormat.time(microseconds: record.timing.durationMicroseconds), record.requestID ?? "-",
        ]
    }

    private static let header = Table(
        columns: [
            "id", "operation_id", "attempt", "started_at", "project", "organization", "endpoint", "request_model",
            "model", "service_tier", "status", "outcome", "error_type", "error_code", "input_tokens",
            "cached_input_tokens", "output_tokens", "reasoning_tokens", "cost_usd", "cost_status", "duration_ms",
            "processing_ms", "time_to_first_token_ms", "request_id", "response_id", "client_request_id", "key",
            "usage_state", "cost_reason", "cost_upper_bound_usd",
        ].map { Table.Column(name: $0) }
    )

    /// The names of the columns of CSV.
    static var columnNames: [String] { header.columns.map(\.name) }

    private static func fields(_ record: CallRecord) -> [String] {
        func milliseconds(_ value: Int64?) -> String { value.map { DecimalText.milliseconds(microseconds: $0) } ?? "" }
        func number(_ value: Int64?) -> String { value.map { String($0) } ?? "" }
        return [
            record.id.description, record.operationID, String(record.attempt),
            TimestampText.utc(record.startedAtMicroseconds),
            record.project, record.organization ?? "", record.endpoint.name, record.requestModel ?? "",
            record.model ?? "", record.serviceTier ?? "", record.status.map { String($0) } ?? "",
            record.outcome.rawValue, record.errorType ?? "", record.errorCode ?? "",
            number(record.usage.inputTokens), number(record.usage.cachedInputTokens),
            number(record.usage.outputTokens), number(record.usage.reasoningTokens),
            record.cost.picoUSD.map { DecimalText.dollars(picoUSD: Int128($0)) } ?? "", record.cost.status.rawValue,
            milliseconds(record.timing.durationMicroseconds), milliseconds(record.timing.processingMicroseconds),
            milliseconds(record.timing.timeToFirstTokenMicroseconds), record.requestID ?? "", record.responseID ?? "",
            record.clientRequestID ?? "", record.key?.description ?? "", record.usageState.rawValue,
            record.cost.reason?.rawValue ?? "",
            record.cost.upperBoundPicoUSD.map { DecimalText.dollars(picoUSD: Int128($0)) } ?? "",
        ]
    }
}

extension String {
    /// A timestamp with milliseconds instead of microseconds, and with a blank instead of the T.
    fileprivate var replacingLastMicroseconds: String {
        guard hasSuffix("Z"), utf8.count == 27 else { return self }
        return String(dropLast(4)).map { $0 == "T" ? " " : String($0) }.joined()
    }
}
