package import Foundation
import OpenAIUsage

extension Report {
    /// The report as one line of JSON.
    package var json: String {
        var json = JSONWriter()
        json.beginObject()
        json.member("from", TimestampText.utc(query.from, isShort: true))
        json.member("to", TimestampText.utc(query.to, isShort: true))
        json.member("timezone", query.timeZone.reportName)
        if let pruned {
            json.member("pruned_before", TimestampText.utc(pruned.before, isShort: true))
            if pruned.isWidened {
                json.member("counted_from", TimestampText.utc(pruned.countedFrom, isShort: true))
                json.member("counted_to", TimestampText.utc(pruned.countedTo, isShort: true))
            }
            if pruned.leftOutCalls > 0 { json.member("left_out_calls", pruned.leftOutCalls) }
            if pruned.ungroupedCalls > 0 { json.member("ungrouped_calls", pruned.ungroupedCalls) }
        }
        json.key("group_by")
        json.beginArray()
        for dimension in query.groupBy { json.string(dimension.description) }
        json.endArray()
        json.key("rows")
        json.beginArray()
        for row in rows { row.write(to: &json, groupBy: query.groupBy) }
        json.endArray()
        json.key("totals")
        totals.write(to: &json, groupBy: [])
        json.endObject()
        return json.text
    }
}

extension TimeZone {
    /// The identifier of the time zone, or `UTC` for GMT.
    package var reportName: String { identifier == "GMT" ? "UTC" : identifier }

    /// Creates a time zone from its IANA name, `UTC` or `GMT`; `nil` for any other text.
    package init?(reportName name: String) {
        if name == "UTC" || name == "GMT" {
            self = .gmt
            return
        }
        // Foundation also accepts abbreviations, some of which stand for different zones in different countries.
        guard name.contains("/") else { return nil }
        self.init(identifier: name)
    }
}

extension ReportRow {
    func write(to json: inout JSONWriter, groupBy: [ReportDimension]) {
        json.beginObject()
        for (dimension, value) in zip(groupBy, group) { json.member(dimension.description, value) }
        json.member("calls", calls)
        json.member("errors", errors)
        json.member("input_tokens", inputTokens)
        json.member("cached_input_tokens", cachedInputTokens)
        json.member("output_tokens", outputTokens)
        json.member("reasoning_tokens", reasoningTokens)
        json.member("cost_usd", literal: costPicoUSD.map(DecimalText.dollars(picoUSD:)))
        json.member("unpriced_calls", unpricedCalls)
        json.member("partial_calls", partialCalls)
        json.member("calls_without_usage", callsWithoutUsage)
        json.member(
            "unknown_cost_upper_bound_usd",
            literal: upperBoundPicoUSD.map(DecimalText.dollars(picoUSD:))
        )
        json.member("unbounded_calls", unboundedCalls)
        json.member(
            "unpriced_upper_bound_usd",
            literal: unpricedUpperBoundPicoUSD.map(DecimalText.dollars(picoUSD:))
        )
        json.member("other_calls", otherCalls)
        json.member("open_calls", openCalls)
        Self.write("duration_ms", duration, to: &json)
        Self.write("error_duration_ms", errorDuration, to: &json)
        Self.write("processing_ms", processing, to: &json)
        Self.write("time_to_first_token_ms", timeToFirstToken, to: &json)
        json.endObject()
    }

    private static func write(_ name: String, _ percentiles: LatencyPercentiles?, to json: inout JSONWriter) {
        json.key(name)
        json.beginObject()
        json.member("p50", literal: (percentiles?.p50).map(DecimalText.milliseconds(microseconds:)))
        json.member("p95", literal: (percentiles?.p95).map(DecimalText.milliseconds(microseconds:)))
        json.member("p99", literal: (percentiles?.p99).map(DecimalText.milliseconds(microseconds:)))
        json.endObject()
    }
}
