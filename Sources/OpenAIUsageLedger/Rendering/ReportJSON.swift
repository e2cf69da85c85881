package import Foundation
import OpenAIUsage

extension Report {
    /// The report as one line of JSON.
    package var json: String { json(comparedWith: nil) }

    fileprivate func json(comparedWith comparison: ReportComparison?) -> String {
        var json = JSONWriter()
        json.beginObject()
        json.member("from", TimestampText.utc(query.fromMicroseconds, isShort: true))
        json.member("to", TimestampText.utc(query.toMicroseconds, isShort: true))
        json.member("timezone", query.timeZone.reportName)
        if let query = comparison?.previousQuery {
            json.key("compared_with")
            json.beginObject()
            json.member("from", TimestampText.utc(query.fromMicroseconds, isShort: true))
            json.member("to", TimestampText.utc(query.toMicroseconds, isShort: true))
            json.endObject()
        }
        if let pruned {
            json.member("pruned_before", TimestampText.utc(pruned.beforeMicroseconds, isShort: true))
            if pruned.isWidened {
                json.member("counted_from", TimestampText.utc(pruned.countedFromMicroseconds, isShort: true))
                json.member("counted_to", TimestampText.utc(pruned.countedToMicroseconds, isShort: true))
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
        for (index, row) in rows.enumerated() {
            row.write(to: &json, groupBy: query.groupBy, previous: comparison?.previousRows[index])
        }
        json.endArray()
        json.key("totals")
        totals.write(to: &json, groupBy: [], previous: comparison?.previousTotals)
        json.endObject()
        return json.text
    }
}

extension ReportComparison {
    /// The report beside the earlier one as one line of JSON: each row has the members `previous` and `change`.
    package var json: String { report.json(comparedWith: self) }
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
    func write(to json: inout JSONWriter, groupBy: [ReportDimension], previous: ReportRow? = nil) {
        json.beginObject()
        for (dimension, value) in zip(groupBy, group) { json.member(dimension.description, value) }
        // Their group is null, as that of calls without a value is.
        if let othersCount { json.member("others", othersCount) }
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
        if let previous { write(previous, to: &json) }
        json.endObject()
    }

    private func write(_ previous: ReportRow, to json: inout JSONWriter) {
        json.key("previous")
        json.beginObject()
        json.member("calls", previous.calls)
        json.member("errors", previous.errors)
        json.member("input_tokens", previous.inputTokens)
        json.member("output_tokens", previous.outputTokens)
        json.member("cost_usd", literal: previous.costPicoUSD.map(DecimalText.dollars(picoUSD:)))
        json.member("unpriced_calls", previous.unpricedCalls)
        json.endObject()
        json.key("change")
        json.beginObject()
        let calls = ReportComparison.Change(from: Int128(previous.calls), to: Int128(self.calls))
        json.member("calls", calls?.difference)
        json.member("calls_percent", literal: (calls?.basisPoints).map(ReportComparison.Change.percent(basisPoints:)))
        let cost = ReportComparison.Change(from: previous.costPicoUSD, to: costPicoUSD)
        json.member("cost_usd", literal: (cost?.difference).map(DecimalText.dollars(picoUSD:)))
        json.member("cost_percent", literal: (cost?.basisPoints).map(ReportComparison.Change.percent(basisPoints:)))
        json.endObject()
    }

    private static func write(_ name: String, _ percentiles: LatencyPercentiles?, to json: inout JSONWriter) {
        json.key(name)
        json.beginObject()
        json.member("p50", literal: (percentiles?.p50Microseconds).map(DecimalText.milliseconds(microseconds:)))
        json.member("p95", literal: (percentiles?.p95Microseconds).map(DecimalText.milliseconds(microseconds:)))
        json.member("p99", literal: (percentiles?.p99Microseconds).map(DecimalText.milliseconds(microseconds:)))
        json.endObject()
    }
}
