import OpenAIUsage

extension RepriceReport {
    /// Returns the report as one line of JSON.
    ///
    /// - Parameters:
    ///   - query: The query of the report.
    ///   - version: The version of the price book.
    /// - Returns: The JSON.
    package func json(_ query: RepriceQuery, priceVersion version: String) -> String {
        var json = JSONWriter()
        json.beginObject()
        json.member("from", TimestampText.utc(query.fromMicroseconds))
        json.member("to", TimestampText.utc(query.toMicroseconds))
        json.member("dry_run", literal: query.isDryRun ? "true" : "false")
        json.member("price_version", version)
        if let prunedBefore { json.member("pruned_before", TimestampText.utc(prunedBefore)) }
        json.key("rows")
        json.beginArray()
        for row in rows { row.write(to: &json, isTotal: false) }
        json.endArray()
        json.key("totals")
        totals.write(to: &json, isTotal: true)
        json.endObject()
        return json.text
    }
}

extension RepriceRow {
    fileprivate func write(to json: inout JSONWriter, isTotal: Bool) {
        json.beginObject()
        if !isTotal {
            json.member("project", project)
            json.member("model", model)
        }
        json.member("calls", calls)
        json.member("changed_calls", changed)
        json.member("written_calls", written)
        json.member("old_cost_usd", literal: oldPicoUSD.map(DecimalText.dollars(picoUSD:)))
        json.member("new_cost_usd", literal: newPicoUSD.map(DecimalText.dollars(picoUSD:)))
        json.member("difference_usd", literal: DecimalText.dollars(picoUSD: differencePicoUSD))
        json.member("old_unpriced_calls", oldUnpriced)
        json.member("new_unpriced_calls", newUnpriced)
        json.endObject()
    }
}
