import OpenAIUsage
import OpenAIUsageLedger

/// The lines of waste, for people and for programs.
struct WasteFormat {
    private let classifier: WasteClassifier
    private let from: Int64?
    private let to: Int64

    /// Creates the lines.
    ///
    /// - Parameters:
    ///   - classifier: The classifier after the last call.
    ///   - from: The start of the range in microseconds since 1970; `nil` for the first call.
    ///   - to: The end of the range.
    init(_ classifier: WasteClassifier, from: Int64?, to: Int64) {
        (self.classifier, self.from, self.to) = (classifier, from, to)
    }

    private func sums(_ kind: WasteKind) -> WasteSums { classifier.sums[kind] ?? WasteSums() }

    /// The money that was spent without a use: the lines that are no bounds.
    private var known: Int128 { WasteKind.allCases.filter { !$0.isBound }.reduce(0) { $0 + sums($1).wastePicoUSD } }

    /// The table for people.
    var readable: Table {
        var table = Table(columns: [
            .init(name: "LINE"), .init(name: "CALLS", isNumeric: true),
            .init(name: "INPUT", isNumeric: true, priority: 2), .init(name: "OUTPUT", isNumeric: true, priority: 3),
            .init(name: "COST", isNumeric: true, priority: 1), .init(name: "WASTE", isNumeric: true),
            .init(name: "OF SPEND", isNumeric: true, priority: 4),
        ])
        let cost = MoneyScale(WasteKind.allCases.map { sums($0).costPicoUSD })
        let waste = MoneyScale(WasteKind.allCases.map { sums($0).wastePicoUSD } + [known])
        for kind in WasteKind.allCases {
            let sums = sums(kind)
            table.append([
                .init(kind.rawValue), .init(NumberFormat.count(sums.calls)),
                .init(NumberFormat.count(sums.inputTokens)),
                .init(NumberFormat.count(sums.outputTokens)),
                .init(cost.text(sums.costPicoUSD), sums.unpriced > 0 ? .yellow : .plain),
                .init((kind.isBound && sums.wastePicoUSD > 0 ? "≤ " : "") + waste.text(sums.wastePicoUSD)),
                .init(share(sums.wastePicoUSD)),
            ])
        }
        table.append([
            .init("TOTAL BUT FOR BOUNDS", .bold), "", "", "", "", .init(waste.text(known), .bold), .init(share(known)),
        ])
        return table
    }

    private func share(_ waste: Int128) -> String { Share(waste, of: classifier.all.costPicoUSD)?.text ?? "-" }

    /// Sentences on the whole spend, on the method of each line, and on calls that are in no sum.
    var notes: [String] {
        let spend = NumberFormat.dollars(picoUSD: classifier.all.costPicoUSD)
        return ["Of \(spend) for \(NumberFormat.calls(classifier.all.calls))."]
            + WasteKind.allCases.map { kind in
                "\(kind.rawValue): \(kind.method)" + (note(kind).map { " \($0)" } ?? "")
            } + ["A call is in one line at most, the first in this order."]
    }

    private func note(_ kind: WasteKind) -> String? {
        let unpriced = sums(kind).unpriced
        guard unpriced > 0 else { return nil }
        return "\(NumberFormat.calls(unpriced)) of it \(unpriced == 1 ? "has" : "have") no price, and no sum."
    }

    /// The rows for programs.
    var plain: Table {
        let names = [
            "line", "calls", "input_tokens", "output_tokens", "cost_usd", "waste_usd", "is_upper_bound",
            "unpriced_calls",
            "method",
        ]
        var table = Table(columns: names.map { Table.Column(name: $0) })
        for kind in WasteKind.allCases {
            let sums = sums(kind)
            table.rows.append([
                kind.rawValue, String(sums.calls), String(sums.inputTokens), String(sums.outputTokens),
                DecimalText.dollars(picoUSD: sums.costPicoUSD), DecimalText.dollars(picoUSD: sums.wastePicoUSD),
                kind.isBound ? "true" : "false", String(sums.unpriced), kind.method,
            ])
        }
        return table
    }

    /// The lines as one line of JSON.
    var json: String {
        var json = JSONWriter()
        json.beginObject()
        json.member("from", from.map { TimestampText.utc($0, isShort: true) })
        json.member("to", TimestampText.utc(to, isShort: true))
        json.key("lines")
        json.beginArray()
        for kind in WasteKind.allCases {
            let sums = sums(kind)
            json.beginObject()
            json.member("line", kind.rawValue)
            json.member("calls", sums.calls)
            json.member("input_tokens", sums.inputTokens)
            json.member("output_tokens", sums.outputTokens)
            json.member("cost_usd", literal: DecimalText.dollars(picoUSD: sums.costPicoUSD))
            json.member("waste_usd", literal: DecimalText.dollars(picoUSD: sums.wastePicoUSD))
            json.member("is_upper_bound", literal: kind.isBound ? "true" : "false")
            json.member("unpriced_calls", sums.unpriced)
            json.member("method", kind.method)
            json.endObject()
        }
        json.endArray()
        json.key("totals")
        json.beginObject()
        json.member("calls", classifier.all.calls)
        json.member("cost_usd", literal: DecimalText.dollars(picoUSD: classifier.all.costPicoUSD))
        json.member("waste_usd", literal: DecimalText.dollars(picoUSD: known))
        json.endObject()
        json.endObject()
        return json.text
    }
}
