import OpenAIUsagePricing

/// A full price listing of one model or tool.
protocol PriceTable {
    /// The listing for people.
    var text: String { get }
    /// The listing for programs.
    var json: JSONDocument.Value { get }
}

/// The fees of a hosted tool, in full.
struct ToolPriceDetail: PriceTable {
    let tool: ToolPrices
    let book: PriceBook

    var text: String {
        var text = "\(tool.id) (hosted tool)\n"
        if let countedBy = tool.countedBy { text += "  counted by: \(countedBy)\n" }
        if let note = tool.note { text += "  note: \(note)\n" }
        text += DiscountText.lines(book.discounts(of: tool))
        if tool.periods.isEmpty { text += "  It has no fee of its own.\n" }
        for period in tool.periods {
            let unit =
                switch tool.unit {
                case .call, .none: "a call"
                case .container: "a container and 20 minutes begun"
                case .storage: "a GiB and day"
                }
            let free = tool.freeUnits.map { "; \($0) free" } ?? ""
            text += "  \(period.days.phrase): $\(period.price) for \(unit)\(free)\n"
            if let note = period.note { text += "    note: \(note)\n" }
        }
        return text
    }

    var json: JSONDocument.Value {
        let members = tool.document.members.map { (name: $0.name, value: Optional($0.node.value)) }
        return .members(members + [("discounts", DiscountText.json(book.discounts(of: tool)))])
    }
}

/// The message for a name without prices.
struct UnknownNameMessage: CustomStringConvertible {
    let name: String
    let book: PriceBook

    var description: String {
        let similar = book.models.flatMap(\.names).filter { $0.contains(name) || name.contains($0) }
            .sorted { abs($0.utf8.count - name.utf8.count) < abs($1.utf8.count - name.utf8.count) }.prefix(3)
        let hint = similar.isEmpty ? "See 'oai-usage prices list'" : "There is \(similar.joined(separator: ", "))"
        return "The price book \(book.version) holds no \(name), and no price is guessed. \(hint); "
            + "prices of your own go into a price file (--prices)."
    }
}

extension DayInterval {
    /// The days in words.
    var phrase: String {
        switch (first, last) {
        case (nil, nil): "on any day"
        case (let first?, nil): "from \(first)"
        case (nil, let last?): "until \(last)"
        case (let first?, let last?): "from \(first) until \(last)"
        }
    }
}
