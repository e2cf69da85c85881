import OpenAIUsage

extension ReconcileReport {
    /// The columns of a side.
    static let sideNames = ["calls", "input_tokens", "cached_input_tokens", "output_tokens", "cost_usd"]

    /// The rows for programs.
    var plain: Table {
        let names =
            dimensions.map(\.name) + Self.sideNames.map { "our_\($0)" } + Self.sideNames.map { "their_\($0)" }
            + ["difference_usd", "unpriced_calls"]
        var table = Table(columns: names.map { Table.Column(name: $0) })
        for row in rows {
            let difference = difference(row).map { DecimalText.dollars(picoUSD: $0) } ?? ""
            table.rows.append(
                row.values.map { $0 ?? "" } + cells(row.ours, .known) + cells(row.theirs, theirUsage(row))
                    + [difference, String(row.ours.unpricedCalls)]
            )
        }
        return table
    }

    /// The difference of a row; `nil` if the provider's cost has no such dimension.
    private func difference(_ row: ReconcileRow) -> Int128? {
        dimensions.contains { $0 == .hour || $0 == .key } ? nil : row.differencePicoUSD
    }

    /// The cells of a side, empty for what is unknown.
    private func cells(_ side: ReconcileRow.Side, _ usage: Usage) -> [String] {
        numbers(side, usage).map { $0 ?? "" } + [side.knownPicoUSD.map { DecimalText.dollars(picoUSD: $0) } ?? ""]
    }

    /// The calls and tokens of a side; `nil` for what is unknown.
    private func numbers(_ side: ReconcileRow.Side, _ usage: Usage, isTotal: Bool = false) -> [String?] {
        guard usage == .known else { return [nil, nil, nil, nil] }
        let calls = hasCalls || isTotal ? String(side.calls) : nil
        return [calls, String(side.inputTokens), String(side.cachedTokens), String(side.outputTokens)]
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
            write((row.ours, .known), (row.theirs, theirUsage(row)), difference(row), to: &json)
            json.member("unpriced_calls", row.ours.unpricedCalls)
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
        let usage: Usage = hasUsage ? .known : .unknown
        write((totals.ours, .known), (totals.theirs, usage), totals.differencePicoUSD, isTotal: true, to: &json)
        json.member("unpriced_calls", totals.ours.unpricedCalls)
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
        _ ours: (ReconcileRow.Side, Usage),
        _ theirs: (ReconcileRow.Side, Usage),
        _ difference: Int128?,
        isTotal: Bool = false,
        to json: inout JSONWriter
    ) {
        for (name, (side, usage)) in [("ours", ours), ("theirs", theirs)] {
            json.key(name)
            json.beginObject()
            for (member, number) in zip(Self.sideNames, numbers(side, usage, isTotal: isTotal)) {
                json.member(member, literal: number)
            }
            // Sums are numbers, whatever they leave out.
            let cost = isTotal ? side.picoUSD : side.knownPicoUSD
            json.member("cost_usd", literal: cost.map { DecimalText.dollars(picoUSD: $0) })
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
