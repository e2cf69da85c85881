import OpenAIUsage

extension FormerCost {
    /// Writes the former cost as an object.
    fileprivate func write(to json: inout JSONWriter) {
        json.beginObject()
        json.member("repriced_at", TimestampText.utc(repricedAt))
        json.member("repriced_by", priceVersion)
        json.member("cost_usd", literal: cost.picoUSD.map { DecimalText.dollars(picoUSD: Int128($0)) })
        json.member("cost_status", cost.status.rawValue)
        json.member("cost_reason", cost.reason?.rawValue)
        json.member("price_version", cost.priceVersion)
        json.endObject()
    }

    /// Returns former costs as a JSON array.
    package static func json(_ costs: [FormerCost]) -> String {
        var json = JSONWriter()
        json.beginArray()
        for cost in costs { cost.write(to: &json) }
        json.endArray()
        return json.text
    }
}

extension RepriceHistoryEntry {
    /// Returns runs of repricing as one line of JSON.
    package static func json(_ runs: [RepriceHistoryEntry]) -> String {
        var json = JSONWriter()
        json.beginObject()
        json.key("runs")
        json.beginArray()
        for run in runs {
            json.beginObject()
            json.member("repriced_at", TimestampText.utc(run.startedAt))
            json.member("price_version", run.priceVersion)
            json.key("old_price_versions")
            json.beginArray()
            for version in run.oldVersions { json.string(version) }
            json.endArray()
            json.member("changed_calls", run.calls)
            json.member("old_cost_usd", literal: DecimalText.dollars(picoUSD: run.oldPicoUSD))
            json.member("new_cost_usd", literal: DecimalText.dollars(picoUSD: run.newPicoUSD))
            json.member("difference_usd", literal: DecimalText.dollars(picoUSD: run.differencePicoUSD))
            json.endObject()
        }
        json.endArray()
        json.endObject()
        return json.text
    }
}
