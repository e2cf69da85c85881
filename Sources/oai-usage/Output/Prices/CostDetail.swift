import OpenAIUsage
import OpenAIUsageLedger
import OpenAIUsagePricing

/// The cost of a call, line by line, compared with the ledger.
struct CostDetail {
    let record: CallRecord
    private let book: PriceBook
    private let comparison: CostComparison

    init(record: CallRecord, book: PriceBook) {
        self.record = record
        self.book = book
        comparison = CostComparison(record, book: book)
    }

    /// True if the book yields another cost than it did when the call was priced, which must not happen.
    var isContradiction: Bool { comparison.isContradiction }

    var json: JSONDocument.Value { comparison.json }

    private var explanation: PriceExplanation { comparison.explanation }
    /// True if the book yields the cost in the ledger.
    var isSame: Bool { comparison.isSame }

    var text: String {
        var text = "Call \(record.id)\(record.requestID.map { ", \($0)" } ?? "")\n"
        for (name, value) in facts { text += "  \(name)  \(value)\n" }
        if !explanation.lines.isEmpty {
            let (table, width) = (table, Terminal.tableWidth)
            text += "\n" + table.layout(isColored: Terminal.isColored, width: width).text
            let leftOut = table.leftOut(table.plan(width: width))
            let note = Table.note(leftOut: leftOut, remedy: "a wider terminal or --json")
            if let note { text += Terminal.heading(note) }
        }
        if !explanation.gaps.isEmpty {
            text += "\nWithout a price\n"
            for gap in explanation.gaps {
                let quantity = gap.quantity.map { "\($0) " } ?? ""
                let reason = gap.reason.sentence
                text += "  \(quantity)\(gap.item): \(reason)\n"
            }
        }
        return text + "\n" + conclusion + "\n"
    }

    // MARK: Text

    private var facts: [(String, String)] {
        var facts = [
            ("started at", TimestampText.utc(record.startedAtMicroseconds)), ("project   ", record.project),
            ("host      ", record.host),
        ]
        if let model = explanation.model ?? record.model ?? record.requestModel {
            let priced = explanation.pricedAs.map { $0 == model ? "" : ", priced as \($0)" } ?? ""
            let origin = explanation.origin.map { $0 == .book ? "" : ", by a price file" } ?? ""
            facts.append(("model     ", model + priced + origin))
        }
        if let tier = explanation.tier {
            let served = record.serviceTier ?? "-"
            let asked = record.requestedServiceTier ?? "-"
            facts.append(("tier      ", "\(tier) (served \(served), asked for \(asked))"))
        }
        return facts
    }

    private var table: Table {
        var table = Table(columns: [
            Table.Column(name: "item", isShortened: true), .init(name: "quantity", isNumeric: true),
            .init(name: "price", priority: 1), .init(name: "times", priority: 2), .init(name: "period", priority: 3),
            .init(name: "subtotal", isNumeric: true),
        ])
        table.rows = explanation.lines.map { line in
            var item = line.item
            if let billedAs = line.billedAs { item += " (as \(billedAs))" }
            if line.part == .tool, line.model != nil { item += " of \(line.model ?? "")" }
            let unit = line.unit + (line.quantity == "1" ? "" : "s")
            let price =
                line.unitsPerPrice == 1
                ? "x $\(line.price)" : "x $\(line.price) / \(NumberFormat.count(line.unitsPerPrice))"
            let modifiers = line.modifiers.map { modifier in
                let name = modifier.name.map { $0 == "_" ? " " : String($0) }.joined()
                let level = modifier.level.flatMap { Discount.Level(rawValue: $0) }.map { " (\($0.phrase))" } ?? ""
                return modifier.factor.map { "x \($0) \(name)\(level)" } ?? name
            }
            return [
                item, "\(Int64(line.quantity).map { NumberFormat.count($0) } ?? line.quantity) \(unit)", price,
                modifiers.joined(separator: ", "), line.period, "$\(line.subtotal)",
            ]
        }
        var sum = MoneySum()
        for line in explanation.lines { sum += line.subtotal }
        table.footer = ["TOTAL", "", "", "", "", "$\(sum)"]
        return table
    }

    private var conclusion: String {
        let own = Self.phrase(record.cost)
        let other = Self.phrase(explanation.cost)
        guard record.outcome != .open else { return "The call is open; it is priced when it ends." }
        let version = record.cost.priceVersion
        let isThisBook = version == explanation.cost.priceVersion
        switch (isSame, isThisBook) {
        case (true, true):
            guard record.cost.picoUSD != nil else { return "The ledger says the same: \(own)." }
            let book = version.map { ", by the price book \($0)" } ?? ""
            return "The ledger says the same, to the last digit: \(own)\(book)."
        case (true, false):
            return "The ledger says the same: \(own). Another price book has priced the call, \(version ?? "none"); "
                + "this one is \(book.version)."
        case (false, _):
            return "The ledger says \(own), by the price book \(version ?? "none"). This one, \(book.version), "
                + "gives \(other). To price the call by it, run 'oai-usage reprice'."
        }
    }

    private static func phrase(_ cost: CallCost) -> String {
        let amount = cost.picoUSD.map { "$" + Money(picoUSD: $0).description }
        let reason = (cost.reason?.sentence).map { " (\($0))" } ?? ""
        switch cost.status.kind {
        case .exact: return (amount ?? "-") + reason
        case .partial: return "\(amount ?? "-"), the known part\(reason)"
        case .unpriced: return "no price\(reason)"
        case .provider: return "\(amount ?? "-"), the provider's own figure"
        case .free: return "$0, a free endpoint"
        case .none:
            switch cost.reason {
            case .answeredByCache?: return "nothing: a cache in front of the provider answered"
            case .missingUsage?:
                let bound = cost.upperBoundPicoUSD.map { "at most $\(Money(picoUSD: $0))" } ?? "and nothing bounds it"
                return "no cost, since the usage is not known; \(bound)"
            default: return "nothing to price"
            }
        }
    }
}
