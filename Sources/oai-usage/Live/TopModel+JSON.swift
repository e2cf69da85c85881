import OpenAIUsage
import OpenAIUsageLedger

extension TopModel {
    /// The calls that the JSON lists.
    private static let listedCalls = 20

    /// The data of a frame as one line of JSON.
    var json: String {
        let summary = shown.window.summary(length: length, now: shown.now, by: grouping, inFlight: shown.inFlight)
        var json = JSONWriter()
        json.beginObject()
        json.member("ledger", ledger)
        json.member("at", TimestampText.utc(shown.now, isShort: true))
        json.member("window_seconds", literal: DecimalText.seconds(microseconds: summary.length))
        json.member("by", grouping.rawValue)
        Self.write(summary.totals, of: summary, to: &json)
        json.key("rows")
        json.beginArray()
        for row in summary.sorted(order) {
            json.beginObject()
            json.member("name", row.name)
            Self.write(row.sums, of: summary, to: &json)
            json.endObject()
        }
        json.endArray()
        for (name, numbers) in [
            ("errors_by_project", summary.errorsByProject), ("errors_by_model", summary.errorsByModel),
            ("errors_by_code", summary.errorsByCode),
        ] {
            json.key(name)
            json.beginArray()
            for (name, calls) in numbers.sorted(by: { $0.value == $1.value ? $0.key < $1.key : $0.value > $1.value }) {
                json.beginObject()
                json.member("name", name)
                json.member("calls", Int64(calls))
                json.endObject()
            }
            json.endArray()
        }
        json.key("last_calls")
        json.beginArray()
        for call in shown.window.last(Self.listedCalls) { Self.write(call, to: &json) }
        json.endArray()
        json.endObject()
        return json.text
    }

    /// The rows of a frame, for documents and spreadsheets.
    var table: Table {
        let summary = shown.window.summary(length: length, now: shown.now, by: grouping, inFlight: shown.inFlight)
        let names = Self.numbers(summary.totals, of: summary).map(\.name)
        var table = Table(columns: [.init(name: "name")] + names.map { .init(name: $0, isNumeric: true) })
        table.rows = summary.sorted(order).map { row in
            [row.name] + Self.numbers(row.sums, of: summary).map { $0.literal ?? "" }
        }
        return table
    }

    private static func write(_ sums: TopSums, of summary: TopSummary, to json: inout JSONWriter) {
        for (name, literal) in numbers(sums, of: summary) { json.member(name, literal: literal) }
    }

    /// Returns the figures of a group, by their keys; `nil` for those that are unknown.
    private static func numbers(_ sums: TopSums, of summary: TopSummary) -> [(name: String, literal: String?)] {
        let rate = DecimalText.quotientHalfEven(Int128(sums.calls) * 6_000_000_000, by: Int128(summary.length))
        // As in reports, no call is no known cost.
        let cost = sums.calls == 0 ? nil : sums.knownCost
        let hourly = summary.rate(cost, perMicroseconds: 3_600_000_000)
        let durations = [50, 95].map { percentile in
            (
                "duration_p\(percentile)_ms",
                sums.duration(percentile: percentile).map(DecimalText.milliseconds(microseconds:))
            )
        }
        return [
            ("calls", String(sums.calls)), ("calls_per_minute", DecimalText.exact(rate, fractionDigits: 2)),
            ("errors", String(sums.errors)), ("in_flight", String(sums.inFlight)),
            ("unpriced_calls", String(sums.unpriced)), ("calls_without_usage", String(sums.withoutUsage)),
            ("cost_usd", cost.map(DecimalText.dollars(picoUSD:))),
            ("cost_usd_per_hour", hourly.map(DecimalText.dollars(picoUSD:))),
        ] + durations
    }

    private static func write(_ call: TopCall, to json: inout JSONWriter) {
        json.beginObject()
        json.member("id", call.id.description)
        json.member("ended_at", TimestampText.utc(call.endedAt))
        json.member("project", call.project)
        json.member("model", call.model)
        json.member("endpoint", call.endpoint)
        json.member("status", literal: call.status.map { String($0) })
        json.member("outcome", call.outcome.rawValue)
        json.member("error", call.errorCode)
        json.member("duration_ms", literal: call.durationMicroseconds.map(DecimalText.milliseconds(microseconds:)))
        json.member("cost_usd", literal: call.costPicoUSD.map { DecimalText.dollars(picoUSD: Int128($0)) })
        json.member("request_id", call.requestID)
        json.endObject()
    }
}
