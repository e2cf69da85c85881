// The rules of a book.
extension PriceBookDecoder {
    /// The order in which a call's tier is determined; the calculation implements this order.
    private static let tierOrder = [
        "response.service_tier", "batch flag", "request.service_tier if response is silent", "default",
    ]

    mutating func decodeRules(_ node: Node, _ path: String) -> PriceRules {
        var rules = PriceRules()
        let members = members(
            of: node,
            path,
            required: [],
            optional: [
                "tier_alias", "tier_order_to_read", "meter_fallback", "subset_meters", "long_context",
                "regional_uplift", "background_window", "model_match", "decimal",
            ]
        )
        guard let members else { return rules }
        if let node = members["tier_alias"] { rules.tierAliases = decodeAliases(node, "\(path).tier_alias") }
        if let node = members["tier_order_to_read"], strings(node, "\(path).tier_order_to_read") != Self.tierOrder {
            let order = Self.tierOrder.joined(separator: ", ")
            let message = "the order must be: \(order)"
            report(.error, .invalidValue, node.position, "\(path).tier_order_to_read", message)
        }
        if let node = members["meter_fallback"] {
            rules.priceItemFallback = decodeFallback(node, "\(path).meter_fallback")
        }
        if let node = members["background_window"] {
            rules.backgroundWindows = decodeWindows(node, "\(path).background_window")
        }
        if let node = members["model_match"] { rules.nameRules = decodeNameRules(node, "\(path).model_match") }
        for name in ["subset_meters", "long_context", "regional_uplift", "decimal"] {
            if let node = members[name] { _ = string(node, "\(path).\(name)") }
        }
        return rules
    }

    private mutating func decodeAliases(_ node: Node, _ path: String) -> [String: String] {
        var aliases: [String: String] = [:]
        for member in anyMembers(of: node, path) ?? [] {
            aliases[member.name] = string(member.node, "\(path).\(member.name)")
        }
        for member in anyMembers(of: node, path) ?? [] {
            guard let tier = aliases[member.name], aliases[tier] != nil else { continue }
            let message = "\"\(tier)\" is another name itself; write the tier that has the price"
            report(.error, .invalidValue, member.node.position, "\(path).\(member.name)", message)
        }
        return aliases
    }

    private mutating func decodeFallback(_ node: Node, _ path: String) -> [PriceItem: PriceItem] {
        var fallback: [PriceItem: PriceItem] = [:]
        for member in anyMembers(of: node, path) ?? [] {
            let place = "\(path).\(member.name)"
            guard let target = string(member.node, place) else { continue }
            guard let priceItem = PriceItem(name: member.name) else {
                report(.error, .unknownKey, member.position, place, "\"\(member.name)\" is not a price item")
                continue
            }
            guard let other = PriceItem(name: target) else {
                report(.error, .unknownKey, member.node.position, place, "\"\(target)\" is not a price item")
                continue
            }
            var next: PriceItem? = other
            while let current = next, current != priceItem { next = fallback[current] }
            if next == nil {
                fallback[priceItem] = other
            } else {
                report(.error, .invalidValue, member.node.position, place, "the price items fall back in a circle")
            }
        }
        return fallback
    }

    private mutating func decodeWindows(_ node: Node, _ path: String) -> [String: Multiplier] {
        var windows: [String: Multiplier] = [:]
        for member in anyMembers(of: node, path) ?? [] where member.name != "note" {
            windows[member.name] = factor(member.node, "\(path).\(member.name)")
        }
        return windows
    }

    private mutating func decodeNameRules(_ node: Node, _ path: String) -> [PriceRules.NameRule] {
        var rules: [PriceRules.NameRule] = []
        for (index, element) in elements(of: node, path).enumerated() {
            guard let text = string(element, "\(path)[\(index)]") else { continue }
            if let rule = PriceRules.NameRule(rawValue: text) {
                rules.append(rule)
            } else {
                let known = PriceRules.NameRule.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
                let message = "this rule is not understood; known are \(known)"
                report(.error, .invalidValue, element.position, "\(path)[\(index)]", message)
            }
        }
        return rules
    }
}
