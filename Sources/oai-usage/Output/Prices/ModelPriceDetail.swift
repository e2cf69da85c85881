import OpenAIUsage
import OpenAIUsagePricing

/// The prices of a model, in full.
struct ModelPriceDetail: PriceTable {
    /// The requested name.
    let name: String
    let model: ModelPrices
    let book: PriceBook

    var text: String {
        var text = "\(model.id) (\(model.kind.rawValue)), \(origin)\n"
        if name != model.id { text += "  \(name) is priced as \(model.id)\n" }
        if model.names.count > 1 { text += "  also \(model.names.filter { $0 != model.id }.joined(separator: ", "))\n" }
        if let shutdown = model.shutdown { text += "  switched off on \(shutdown)\n" }
        text += DiscountText.lines(book.discounts(of: model))
        for period in model.periods { text += "\n" + self.text(of: period) }
        return text
    }

    var json: JSONDocument.Value {
        let members = model.document.members.map { (name: $0.name, value: Optional($0.node.value)) }
        return .members(
            [
                ("name", .string(name)), ("price_version", .string(book.version)),
                ("origin", .string(model.origin.rawValue)),
            ] + members + [("discounts", DiscountText.json(book.discounts(of: model)))]
        )
    }

    private var origin: String {
        switch model.origin {
        case .book: "built in"
        case .override: "from a price file"
        case .project: "from a price file, for one project"
        }
    }

    private func text(of period: PricePeriod) -> String {
        var text = period.days.phrase.prefix(1).uppercased() + period.days.phrase.dropFirst()
        let sources = (period.confidence.map { [$0] } ?? []) + period.sources
        text += sources.isEmpty ? "\n" : " (\(sources.joined(separator: "; ")))\n"
        if !period.tiers.isEmpty { text += "\nUSD per 1,000,000 tokens\n" + table(period.tiers) }
        if let long = period.longContext {
            text +=
                "\nAbove \(NumberFormat.count(long.threshold)) input tokens, for the whole request\n"
                + table(long.tiers)
        }
        for (unit, price) in period.units.sorted(by: { $0.key < $1.key }) { text += "  $\(price) for 1 \(unit)\n" }
        for (unit, price) in period.estimates.sorted(by: { $0.key < $1.key }) {
            text += "  about $\(price) for 1 \(unit), where the tokens are not known\n"
        }
        if let uplift = period.regionalUplift {
            text += "  x \(uplift) at hosts of a region (eu.api.openai.com)\n"
        }
        if period.tiers["default"] != nil, model.kind == .text {
            let windows = (book.rules.backgroundWindows ?? [:]).filter { !$0.value.isOne }.sorted { $0.key < $1.key }
            if !windows.isEmpty {
                let factors = windows.map { "x \($0.value) within \($0.key)" }.joined(separator: ", ")
                text += "  background requests in the default tier, where the model offers them: \(factors)\n"
            }
        }
        if let note = period.note { text += "  note: \(note)\n" }
        return text
    }

    private func table(_ tiers: [String: RateCard]) -> String {
        let meters = PriceItem.allCases.filter { meter in tiers.values.contains { $0.listedPrice(meter) != nil } }
        var table = Table(columns: [Table.Column(name: "tier")])
        table.columns += meters.map {
            Table.Column(name: $0.name.map { $0 == "_" ? " " : String($0) }.joined(), isNumeric: true)
        }
        var hasFallback = false
        table.rows = PriceBook.sortedTiers(tiers.keys).map { tier in
            [tier]
                + meters.map { meter in
                    guard let card = tiers[tier] else { return "" }
                    if let price = card.listedPrice(meter) { return price.description }
                    guard let rate = card[meter], let price = card.listedPrice(rate.priceItem) else { return "-" }
                    hasFallback = true
                    return "(\(price))"
                }
        }
        let text = table.text(isColored: Terminal.isColored)
        return hasFallback
            ? text + "In parentheses: these tokens have no price of their own, and that of another kind.\n" : text
    }
}
