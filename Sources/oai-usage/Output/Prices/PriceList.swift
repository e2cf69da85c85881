import ArgumentParser
import OpenAIUsage
import OpenAIUsagePricing

/// The prices that apply on a day.
struct PriceList {
    var book: PriceBook
    var day: UTCDay
    /// A text that one of the names must contain, ignoring case; `nil` for any name.
    var text: String?
    /// The kinds of models to list; if empty, all kinds and hosted tools.
    var kinds: [ModelPrices.Kind] = []
    /// The service tier; `nil` for all tiers.
    var tier: String? = "default"

    /// The prices of a model in one tier; with a `nil` tier, those of its units.
    private struct Row {
        var model: ModelPrices
        var period: PricePeriod
        var tier: String?
        var card: RateCard?
        var long: RateCard?
        var discount: Discount.Applied?
    }

    /// The tiers of the book, in display order.
    var tiers: [String] {
        PriceBook.sortedTiers(Set(book.models.flatMap(\.periods).flatMap(\.tiers.keys)).union(["default"]))
    }

    private var rows: [Row] {
        let wanted = text?.lowercased()
        let models = book.models.filter { model in
            (kinds.isEmpty || kinds.contains(model.kind))
                && (wanted.map { text in model.names.contains { $0.lowercased().contains(text) } } ?? true)
        }.sorted { $0.id < $1.id }
        return models.flatMap { model -> [Row] in
            guard let period = model.period(on: day) else { return [] }
            var rows: [Row] = []
            let discount = book.discount(of: model, on: day)
            // Units are priced in the default tier only.
            if !period.units.isEmpty, tier ?? "default" == "default" {
                rows.append(Row(model: model, period: period, discount: discount))
            }
            for name in PriceBook.sortedTiers(period.tiers.keys) where tier ?? name == name {
                rows.append(
                    Row(
                        model: model,
                        period: period,
                        tier: name,
                        card: period.tiers[name],
                        long: period.longContext?.tiers[name],
                        discount: discount
                    )
                )
            }
            return rows
        }
    }

    /// The fees of hosted tools on the day.
    private var fees: [(tool: ToolPrices, period: ToolPrices.Period)] {
        guard kinds.isEmpty, tier ?? "default" == "default" else { return [] }
        let wanted = text?.lowercased()
        return book.tools.filter { tool in wanted.map { tool.id.lowercased().contains($0) } ?? true }
            .sorted { $0.id < $1.id }
            .compactMap { tool in tool.periods.first { $0.days.contains(day) }.map { (tool, $0) } }
    }

    /// Writes the list.
    func write(as format: RowsFormat) {
        let (rows, fees) = (rows, fees)
        switch format {
        case .json:
            let values =
                rows.map(Self.json)
                + fees.map { Self.json($0.tool, $0.period, book.discount(of: $0.tool, on: day)) }
            StandardOutput.write(JSONDocument.Value.elements(values).indented + "\n")
        case .csv:
            var table = Self.plain(rows)
            table.rows += fees.map { tool, period in
                [
                    tool.id, "tool", "", "", "fee", period.price.description, tool.unit.rawValue,
                    period.days.first?.description ?? "", period.days.last?.description ?? "", "", "", "",
                ] + Self.cells(book.discount(of: tool, on: day))
            }
            StandardOutput.write(table.csv)
        case .table, .markdown:
            let place = tier.map { ", tier \($0)" } ?? ""
            guard !rows.isEmpty || !fees.isEmpty else {
                StandardError.write("No model that fits has a price on \(day)\(place).")
                return
            }
            let heading = "USD per 1,000,000 tokens on \(day)\(place); price book \(book.version)"
            let discounts = fees.map { book.discount(of: $0.tool, on: day) }
            let hasDiscounts = rows.contains { $0.discount != nil } || discounts.contains { $0 != nil }
            var table = readable(rows, withDiscounts: hasDiscounts)
            let blanks = Array(repeating: "", count: table.columns.count - (hasDiscounts ? 5 : 4))
            table.rows += zip(fees, discounts).map { fee, discount in
                [fee.tool.id, "tool"] + blanks + ["\(fee.period.price) per \(fee.tool.unit.rawValue)"]
                    + (hasDiscounts ? [Self.text(discount)] : []) + [fee.period.days.first?.description ?? ""]
            }
            if format == .markdown { return StandardOutput.write("**\(heading)**\n\n\(table.markdown)") }
            StandardOutput.write(Terminal.heading(heading) + "\n")
            StandardOutput.write(table.layout(isColored: Terminal.isColored, width: Terminal.tableWidth).text)
            let remedy = "a wider terminal or --format markdown"
            if let note = Table.note(leftOut: table.leftOut(table.plan(width: Terminal.tableWidth)), remedy: remedy) {
                StandardError.write(note)
            }
        }
    }

    /// Returns a discount as a factor and its level.
    private static func text(_ discount: Discount.Applied?) -> String {
        discount.map { "x \($0.factor) (\($0.level.phrase))" } ?? ""
    }

    private static func cells(_ discount: Discount.Applied?) -> [String] {
        [discount?.factor.description ?? "", discount?.level.rawValue ?? ""]
    }

    private func readable(_ rows: [Row], withDiscounts hasDiscounts: Bool) -> Table {
        var table = Table(columns: [
            Table.Column(name: "model", isShortened: true, minimum: 20), .init(name: "kind", priority: 4),
        ])
        if tier == nil { table.columns.append(.init(name: "tier", priority: 1)) }
        table.columns += [("input", 0), ("cached", 1), ("write", 3), ("output", 0)].map {
            .init(name: $0, isNumeric: true, priority: $1)
        }
        table.columns.append(.init(name: "other", priority: 2))
        if hasDiscounts { table.columns.append(.init(name: "discount", priority: 1)) }
        table.columns.append(.init(name: "since", priority: 6))
        let main: [PriceItem] = [.input, .cachedInput, .cacheWrite, .output]
        table.rows = rows.map { row in
            var cells = [row.model.id, row.model.kind.rawValue]
            if tier == nil { cells.append(row.tier ?? "-") }
            cells += main.map { row.card?.listedPrice($0)?.description ?? "" }
            var others = PriceItem.allCases.filter { !main.contains($0) }.compactMap { priceItem in
                row.card?.listedPrice(priceItem).map { "\(priceItem.name) \($0)" }
            }
            if row.card == nil {
                others += row.period.units.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
            }
            cells.append(others.joined(separator: ", "))
            if hasDiscounts { cells.append(Self.text(row.discount)) }
            return cells + [row.period.days.first?.description ?? ""]
        }
        return table
    }

    private static func plain(_ rows: [Row]) -> Table {
        let names = [
            "model", "kind", "tier", "context", "item", "usd", "per", "from", "to", "regional_uplift", "origin",
            "confidence", "discount", "discount_level",
        ]
        var table = Table(columns: names.map { Table.Column(name: $0) })
        for row in rows {
            func add(_ context: String, _ item: String, _ price: Money, _ unit: String) {
                table.rows.append(
                    [
                        row.model.id, row.model.kind.rawValue, row.tier ?? "", context, item, price.description, unit,
                        row.period.days.first?.description ?? "", row.period.days.last?.description ?? "",
                        row.period.regionalUplift?.description ?? "", row.model.origin.rawValue,
                        row.period.confidence ?? "",
                    ] + cells(row.discount)
                )
            }
            for (context, card) in [("short", row.card), ("long", row.long)] {
                for priceItem in PriceItem.allCases {
                    if let price = card?.listedPrice(priceItem) {
                        add(context, priceItem.name, price, "1000000 tokens")
                    }
                }
            }
            guard row.card == nil else { continue }
            for (unit, price) in row.period.units.sorted(by: { $0.key < $1.key }) { add("", unit, price, "unit") }
        }
        return table
    }

    private static func json(
        _ tool: ToolPrices,
        _ period: ToolPrices.Period,
        _ discount: Discount.Applied?
    ) -> JSONDocument.Value {
        .members([
            "tool": .string(tool.id), "unit": .string(tool.unit.rawValue), "price": .string(period.price.description),
            "from": .text(period.days.first?.description), "to": .text(period.days.last?.description),
            "discount": discount.map { .string($0.factor.description) },
            "discount_level": discount.map { .string($0.level.rawValue) },
        ])
    }

    private static func json(_ row: Row) -> JSONDocument.Value {
        func prices(_ card: RateCard?) -> JSONDocument.Value? {
            card.map { card in
                .members(PriceItem.allCases.map { ($0.name, card.listedPrice($0).map { .string($0.description) }) })
            }
        }
        return .members([
            "model": .string(row.model.id), "names": .elements(row.model.names.map { .string($0) }),
            "kind": .string(row.model.kind.rawValue), "tier": .text(row.tier),
            "from": .text(row.period.days.first?.description), "to": .text(row.period.days.last?.description),
            "per_1m": prices(row.card),
            "long_context": row.long.map { long in
                .members([
                    "over_input_tokens": .integer(row.period.longContext?.threshold), "per_1m": prices(long),
                ])
            },
            "per_unit": row.card == nil
                ? .members(row.period.units.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value.description)) })
                : nil,
            "regional_uplift": row.period.regionalUplift.map { .string($0.description) },
            "discount": row.discount.map { .string($0.factor.description) },
            "discount_level": row.discount.map { .string($0.level.rawValue) },
            "origin": .string(row.model.origin.rawValue), "confidence": .text(row.period.confidence),
            "source": .elements(row.period.sources.map { .string($0) }),
        ])
    }
}
