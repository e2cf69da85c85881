import OpenAIUsage

extension ReconcileReport {
    /// The columns of a side.
    static let sideNames = ["calls", "input_tokens", "cached_input_tokens", "output_tokens", "cost_usd"]

    /// The rows for programs.
    var plain: Table {
        let names =
            dimensions.map(\.name) + Self.sideNames.map { "our_\($0)" } + Self.sideNames.map { "their_\($0)" }
            + ["difference_usd"]
        var table = Table(columns: names.map { Table.Column(name: $0) })
        for row in rows {
            let difference = difference(row).map { DecimalText.dollars(picoUSD: $0) } ?? ""
            table.rows.append(
                row.values.map { $0 ?? "" } + Self.cells(row.ours) + Self.cells(row.theirs, hasUsage: hasUsage) + [
                    difference
                ]
            )
        }
        return table
    }

    /// The difference of a row; `nil` if the provider's cost has no such dimension.
    private func difference(_ row: ReconcileRow) -> Int128? {
        dimensions.contains { $0 == .hour || $0 == .key } ? nil : row.differencePicoUSD
    }

    /// The cells of a side, whose usage is empty if it is unknown.
    private static func cells(_ side: ReconcileRow.Side, hasUsage: Bool = true) -> [String] {
        let numbers = [
            String(side.calls), String(side.inputTokens), String(side.cachedTokens), String(side.outputTokens),
        ]
        return (hasUsage ? numbers : numbers.map { _ in "" }) + [
            side.picoUSD.map { DecimalText.dollars(picoUSD: $0) } ?? ""
        ]
    }

    /// The comparison as one line of JSON.
    var json: String {
        var json = JSONWriter()
        json.beginObject()
        json.member("from", TimestampText.utc(period.from * 1_000_000, isShort: true))
        json.member("to", TimestampText.utc(period.to * 1_000_000, isShort: true))
        json.member("as_of", TimestampText.utc(asOf, isShort: true))
        json.member("width", width.rawValue)
        json.member("has_costs", literal: hasCosts ? "true" : "false")
        json.key("group_by")
        json.beginArray()
        for dimension in dimensions { json.string(dimension.name) }
        json.endArray()
        json.key("rows")
        json.beginArray()
        for row in rows {
            json.beginObject()
            for (dimension, value) in zip(dimensions, row.values) { json.member(dimension.name, value) }
            write(row.ours, row.theirs, difference(row), to: &json)
            json.endObject()
        }
        json.endArray()
        json.key("causes")
        json.beginArray()
        for (cause, sums) in allCauses {
            json.beginObject()
            json.member("cause", cause.rawValue)
            json.member("calls", sums.calls)
            json.member("call_difference", sums.callDifference)
            json.member("tokens", sums.tokens)
            json.member("token_difference", sums.tokenDifference)
            json.member("cost_difference_usd", literal: DecimalText.dollars(picoUSD: sums.picoUSD))
            json.member("meaning", cause.meaning)
            json.endObject()
        }
        json.endArray()
        json.key("totals")
        json.beginObject()
        write(totals.ours, totals.theirs, totals.differencePicoUSD, to: &json)
        json.member("call_difference", totals.callDifference)
        json.member("token_difference", totals.tokenDifference)
        json.member("calls_without_usage", totals.unreadCalls)
        json.member("call_coverage_percent", literal: ReconcileTotals.decimal(totals.callCoverage))
        json.member("token_coverage_percent", literal: ReconcileTotals.decimal(totals.tokenCoverage))
        json.member("cost_coverage_percent", literal: ReconcileTotals.decimal(totals.costCoverage))
        json.member("drift_percent", literal: ReconcileTotals.decimal(totals.drift))
        json.member("pending_usd", literal: DecimalText.dollars(picoUSD: totals.pendingPicoUSD))
        json.endObject()
        writeFindings(to: &json)
        json.endObject()
        return json.text
    }

    private func write(
        _ ours: ReconcileRow.Side,
        _ theirs: ReconcileRow.Side,
        _ difference: Int128?,
        to json: inout JSONWriter
    ) {
        for (name, side, isKnown) in [("ours", ours, true), ("theirs", theirs, hasUsage)] {
            json.key(name)
            json.beginObject()
            json.member("calls", literal: isKnown ? String(side.calls) : "null")
            json.member("input_tokens", literal: isKnown ? String(side.inputTokens) : "null")
            json.member("cached_input_tokens", literal: isKnown ? String(side.cachedTokens) : "null")
            json.member("output_tokens", literal: isKnown ? String(side.outputTokens) : "null")
            json.member("cost_usd", literal: side.picoUSD.map { DecimalText.dollars(picoUSD: $0) })
            json.endObject()
        }
        json.member("difference_usd", literal: difference.map { DecimalText.dollars(picoUSD: $0) })
    }

    private func writeFindings(to json: inout JSONWriter) {
        json.key("unrecognized_line_items")
        json.beginArray()
        for (item, amount) in unrecognized.sorted(by: { $0.key < $1.key }) {
            json.beginObject()
            json.member("line_item", item)
            json.member("cost_usd", literal: DecimalText.dollars(picoUSD: amount))
            json.endObject()
        }
        json.endArray()
        json.key("restatements")
        json.beginArray()
        for change in restated {
            json.beginObject()
            json.member("kind", change.kind.rawValue)
            json.member("start", TimestampText.utc(change.start * 1_000_000, isShort: true))
            json.member("before", TimestampText.utc(change.before, isShort: true))
            json.member("after", TimestampText.utc(change.after, isShort: true))
            json.member("call_difference", change.requests)
            json.member("token_difference", change.tokens)
            json.member("cost_difference_usd", literal: DecimalText.dollars(picoUSD: change.picoUSD))
            json.endObject()
        }
        json.endArray()
        json.key("notes")
        json.beginArray()
        for note in notes { json.string(note) }
        json.endArray()
    }
}
