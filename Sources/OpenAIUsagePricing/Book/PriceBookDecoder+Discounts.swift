import OpenAIUsage

// Discounts of books, projects, models and tools.
extension PriceBookDecoder {
    private static let meaning = "a discount is the part of the list price that is paid: for 20 % off write 0.80"

    /// Decodes a discount: a number, or periods with a factor each.
    mutating func decodeDiscount(_ node: Node, _ path: String) -> Discount? {
        guard case .array(let elements) = node.value else {
            return discountFactor(node, path).map {
                Discount(periods: [Discount.Period(days: DayInterval(), factor: $0)])
            }
        }
        var periods: [Discount.Period] = []
        var placed: [(days: DayInterval, position: JSONDocument.Position)] = []
        for (index, element) in elements.enumerated() {
            let place = "\(path)[\(index)]"
            guard let members = members(of: element, place, required: ["from", "to", "factor"], optional: ["note"]),
                let node = members["factor"], let factor = discountFactor(node, "\(place).factor")
            else { continue }
            let days = days(members, place)
            check(days, element.position, place, against: &placed)
            periods.append(Discount.Period(days: days, factor: factor))
        }
        return periods.isEmpty ? nil : Discount(periods: periods)
    }

    /// Warns about discounts of models and tools that neither this book nor the one below it lists.
    mutating func checkDiscounts(_ named: [(id: String, node: Node)], _ path: String, _ isListed: (String) -> Bool) {
        var owners: [String: JSONDocument.Position] = [:]
        for (id, node) in named {
            if let owner = owners[id] {
                let message = "\"\(id)\" has a discount already, in line \(owner.line)"
                report(.error, .duplicateID, node.position, "\(path).\(id).discount", message)
            }
            owners[id] = node.position
            guard base != nil, !isListed(id) else { continue }
            let message = "the price book lists no \"\(id)\"; the discount applies to no call"
            report(.warning, .unknownKey, node.position, "\(path).\(id).id", message)
        }
    }

    private mutating func discountFactor(_ node: Node, _ path: String) -> Multiplier? {
        let text: String
        switch node.value {
        case .string(let value), .number(let value): text = value
        default:
            wrongKind(node, path, "a decimal number")
            return nil
        }
        do {
            let scale: Int64 = 1_000_000
            let value = try DecimalText.integer(text, fractionDigits: 6)
            guard value > 0, value <= scale else {
                let fault =
                    value > 0
                    ? "is above 1" : value == 0 ? "would make every call free" : "is negative"
                report(.error, .invalidValue, node.position, path, "'\(text)' \(fault); \(Self.meaning)")
                return nil
            }
            if value < scale / 2 {
                func percent(_ value: Int64) -> String {
                    DecimalText.exact(Int128(value) * 100, fractionDigits: 6)
                }
                let message =
                    "\(text) means that \(percent(value)) % of the list price is paid, \(percent(scale - value)) % off; "
                    + "for \(percent(value)) % off write \(DecimalText.exact(Int128(scale - value), fractionDigits: 6))"
                report(.warning, .unlikelyDiscount, node.position, path, message)
            }
            return try Multiplier(decimal: text)
        } catch {
            report(.error, .invalidValue, node.position, path, "\(error.message); \(Self.meaning)")
            return nil
        }
    }
}
