import OpenAIUsage

extension Glance {
    /// The glance as one line of JSON.
    package var json: String {
        var json = JSONWriter()
        json.beginObject()
        json.key("ledgers")
        json.beginArray()
        for ledger in ledgers { json.string(ledger) }
        json.endArray()
        json.member("at", TimestampText.utc(periods.now, isShort: true))
        json.member("timezone", timeZone.reportName)
        json.key("today")
        Self.write(today, [("day", periods.trendDays.last ?? nil)], to: &json)
        json.key("month")
        Self.write(month, [("month", periods.monthName)], to: &json)
        json.key("projection")
        json.beginObject()
        json.member("month", periods.monthName)
        json.member("cost_usd", literal: projection.picoUSD.map(DecimalText.dollars(picoUSD:)))
        json.member("state", projection.result.rawValue)
        json.member("elapsed_seconds", projection.elapsed / 1_000_000)
        json.endObject()
        json.key("days")
        json.beginArray()
        for day in days { Self.write(day.row ?? .none, [("day", day.name)], to: &json) }
        json.endArray()
        Self.write("projects", "project", projects, month, to: &json)
        Self.write("models", "model", models, month, to: &json)
        json.key("errors")
        json.beginArray()
        for error in errors {
            json.beginObject()
            json.member("error", error.code)
            json.member("status", literal: error.status.flatMap { Int($0) }.map { String($0) })
            json.member("outcome", error.outcome)
            json.member("calls", error.calls)
            json.endObject()
        }
        json.endArray()
        json.endObject()
        return json.text
    }

    /// Returns the JSON for a ledger that does not exist yet.
    package static func missingJSON(_ ledger: String) -> String {
        var json = JSONWriter()
        json.beginObject()
        json.key("ledgers")
        json.beginArray()
        json.endArray()
        json.member("missing_ledger", ledger)
        json.endObject()
        return json.text
    }

    private static func write(
        _ name: String,
        _ key: String,
        _ rows: [ReportRow],
        _ total: ReportRow,
        to json: inout JSONWriter
    ) {
        json.key(name)
        json.beginArray()
        for row in rows {
            let share = Share(row.costPicoUSD, of: total.costPicoUSD)
            write(row, [(key, row.group.first ?? nil)], share: .some(share), to: &json)
        }
        json.endArray()
    }

    private static func write(
        _ row: ReportRow,
        _ members: [(String, String?)],
        share: Share?? = nil,
        to json: inout JSONWriter
    ) {
        json.beginObject()
        for (name, value) in members { json.member(name, value) }
        json.member("calls", row.calls)
        json.member("errors", row.errors)
        json.member("input_tokens", row.inputTokens)
        json.member("output_tokens", row.outputTokens)
        json.member("cost_usd", literal: row.calls == 0 ? nil : row.costPicoUSD.map(DecimalText.dollars(picoUSD:)))
        if let share { json.member("share", literal: share?.decimal) }
        json.member("unpriced_calls", row.unpricedCalls)
        json.member("calls_without_usage", row.callsWithoutUsage)
        json.member("other_calls", row.otherCalls)
        json.member("open_calls", row.openCalls)
        json.endObject()
    }
}

extension ReportRow {
    /// The row of a day without calls.
    fileprivate static var none: ReportRow { Report.empty(ReportQuery(from: 0, to: 0)).totals }
}
