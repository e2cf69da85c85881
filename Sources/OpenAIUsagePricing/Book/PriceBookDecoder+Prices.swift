import OpenAIUsage

// Periods, prices and tools.
extension PriceBookDecoder {
    mutating func decodePeriod(_ node: Node, _ path: String, _ rules: PriceRules) -> PricePeriod? {
        let members = members(
            of: node,
            path,
            required: ["from", "to"],
            optional: [
                "per_1m", "long_context", "regional_uplift", "per_unit", "estimate_per_unit", "source", "confidence",
                "note",
            ]
        )
        guard let members else { return nil }
        var period = PricePeriod(days: days(members, path))
        if let node = members["per_1m"] { period.tiers = decodeTiers(node, "\(path).per_1m", rules) }
        if let node = members["long_context"] {
            period.longContext = decodeLongContext(node, "\(path).long_context", rules)
        }
        if let node = members["regional_uplift"] {
            period.regionalUplift = factor(node, "\(path).regional_uplift")
        }
        if let node = members["per_unit"] { period.units = decodeUnits(node, "\(path).per_unit") }
        if let node = members["estimate_per_unit"] {
            period.estimates = decodeUnits(node, "\(path).estimate_per_unit")
        }
        if let node = members["source"] { period.sources = strings(node, "\(path).source") }
        period.confidence = members["confidence"].flatMap { string($0, "\(path).confidence") }
        period.note = members["note"].flatMap { string($0, "\(path).note") }
        if period.tiers.isEmpty, period.units.isEmpty {
            report(.error, .missingKey, node.position, path, "the period has neither per_1m nor per_unit")
        }
        return period
    }

    mutating func decodeTool(_ node: Node, _ path: String) -> ToolPrices? {
        let members = members(
            of: node,
            path,
            required: ["id", "unit", "periods"],
            optional: ["counted_by", "free_units", "note", "discount"]
        )
        guard let members, let id = members["id"].flatMap({ string($0, "\(path).id") }) else { return nil }
        guard let unitNode = members["unit"], let unitText = string(unitNode, "\(path).unit") else { return nil }
        guard let unit = ToolPrices.Unit(rawValue: unitText) else {
            let known = ToolPrices.Unit.allCases.map(\.rawValue).joined(separator: ", ")
            let message = "\"\(unitText)\" is not a unit; known are \(known)"
            report(.error, .invalidValue, unitNode.position, "\(path).unit", message)
            return nil
        }
        var periods: [ToolPrices.Period] = []
        var placed: [(days: DayInterval, position: JSONDocument.Position)] = []
        if let node = members["periods"] {
            for (index, element) in elements(of: node, "\(path).periods").enumerated() {
                let place = "\(path).periods[\(index)]"
                let members = self.members(
                    of: element,
                    place,
                    required: ["from", "to", "price"],
                    optional: ["source", "confidence", "note"]
                )
                guard let members, let priceNode = members["price"] else { continue }
                let days = days(members, place)
                check(days, element.position, place, against: &placed)
                guard let price = price(priceNode, "\(place).price", Money.fractionDigits, .tool(unit)) else {
                    continue
                }
                let note = members["note"].flatMap { string($0, "\(place).note") }
                periods.append(ToolPrices.Period(days: days, price: Money(picoUSD: price), note: note))
            }
        }
        var freeUnits: Money?
        if let node = members["free_units"], let text = decimal(node, "\(path).free_units") {
            do {
                freeUnits = try Money(decimal: text)
            } catch {
                report(.error, .invalidValue, node.position, "\(path).free_units", error.message)
            }
        }
        return ToolPrices(
            id: id,
            unit: unit,
            freeUnits: freeUnits,
            periods: periods,
            countedBy: members["counted_by"].flatMap { string($0, "\(path).counted_by") },
            note: members["note"].flatMap { string($0, "\(path).note") }
        )
    }

    mutating func days(_ members: [String: Node], _ path: String) -> DayInterval {
        DayInterval(
            first: members["from"].flatMap { day($0, "\(path).from") },
            last: members["to"].flatMap { day($0, "\(path).to") }
        )
    }

    private mutating func decodeTiers(_ node: Node, _ path: String, _ rules: PriceRules) -> [String: RateCard] {
        var tiers: [String: RateCard] = [:]
        for member in anyMembers(of: node, path) ?? [] {
            let place = "\(path).\(member.name)"
            if let tier = rules.tierAliases?[member.name] {
                let message = "\"\(member.name)\" is another name of the tier \"\(tier)\"; write the price there"
                report(.error, .invalidValue, member.position, place, message)
            } else if !Self.tierNames.contains(member.name) {
                let known = Self.tierNames.sorted().joined(separator: ", ")
                let message = "\"\(member.name)\" is not a tier that the API is known to answer; known are \(known)"
                report(.warning, .unknownKey, member.position, place, message)
            }
            var card = RateCard()
            for price in anyMembers(of: member.node, place) ?? [] {
                let place = "\(place).\(price.name)"
                guard let priceItem = PriceItem(name: price.name) else {
                    let known = PriceItem.allCases.map(\.name).joined(separator: ", ")
                    let message = "\"\(price.name)\" is not a price item; known are \(known)"
                    report(.error, .unknownKey, price.position, place, message)
                    continue
                }
                card[listed: priceItem] = self.price(price.node, place, RateCard.fractionDigits, .millionTokens)
            }
            tiers[member.name] = card
        }
        if tiers["default"] == nil {
            let message = "the tier \"default\" is missing: calls without another tier have no price"
            report(.warning, .missingTier, node.position, path, message)
        }
        return tiers
    }

    private mutating func decodeLongContext(
        _ node: Node,
        _ path: String,
        _ rules: PriceRules
    ) -> PricePeriod.LongContext? {
        let members = members(of: node, path, required: ["over_input_tokens", "per_1m"], optional: [])
        guard let members, let thresholdNode = members["over_input_tokens"], let tiers = members["per_1m"] else {
            return nil
        }
        guard let text = decimal(thresholdNode, "\(path).over_input_tokens") else { return nil }
        guard let threshold = Int64(text), threshold > 0 else {
            let message = "'\(text)' is not a number of tokens; write it as 272000"
            report(.error, .invalidValue, thresholdNode.position, "\(path).over_input_tokens", message)
            return nil
        }
        return PricePeriod.LongContext(
            threshold: threshold,
            tiers: decodeTiers(tiers, "\(path).per_1m", rules)
        )
    }

    private mutating func decodeUnits(_ node: Node, _ path: String) -> [String: Money] {
        var units: [String: Money] = [:]
        for member in anyMembers(of: node, path) ?? [] {
            let place = "\(path).\(member.name)"
            guard let range = PriceRange.unit(named: member.name) else {
                let message =
                    "\"\(member.name)\" is not a unit; known are input_character, audio_input_minute, "
                    + "audio_output_minute, session_minute, video_output_second and image:QUALITY/SIZE"
                report(.error, .unknownKey, member.position, place, message)
                continue
            }
            if let price = price(member.node, place, Money.fractionDigits, range) {
                units[member.name] = Money(picoUSD: price)
            }
        }
        return units
    }

    /// Decodes a price as an integer scaled by 10^`fractionDigits`.
    private mutating func price(_ node: Node, _ path: String, _ fractionDigits: Int, _ range: PriceRange) -> Int64? {
        guard let text = decimal(node, path) else { return nil }
        let value: Int64
        do {
            // The price as written must also be a valid amount, because explanations show it.
            _ = try Money(decimal: text)
            value = try DecimalText.integer(text, fractionDigits: fractionDigits)
        } catch {
            // A number this small or large is usually a price for another unit.
            let isScaled = error.code == .tooManyDigits || error.code == .outOfRange
            let hint = isScaled ? "; a price here is dollars per \(range.unit)" : ""
            report(.error, .invalidPrice, node.position, path, error.message + hint)
            return nil
        }
        guard value >= 0 else {
            report(.error, .invalidPrice, node.position, path, "'\(text)' is negative; a price cannot be")
            return nil
        }
        if let objection = range.objection(to: text) {
            report(.error, .unlikelyPrice, node.position, path, objection)
        }
        return value
    }

    mutating func factor(_ node: Node, _ path: String) -> Multiplier? {
        guard let text = decimal(node, path) else { return nil }
        do {
            return try Multiplier(decimal: text)
        } catch {
            report(.error, .invalidValue, node.position, path, error.message)
            return nil
        }
    }
}
