package import OpenAIUsage

extension PricePeriod {
    /// The prices, multipliers and thresholds of the period, by item.
    var comparableValues: [String: PriceChange.Value] {
        var values: [String: PriceChange.Value] = [:]
        func add(_ tiers: [String: RateCard], _ prefix: String) {
            for (tier, card) in tiers {
                for priceItem in PriceItem.allCases {
                    guard let price = card.listedPrice(priceItem) else { continue }
                    values["\(prefix)\(tier) \(priceItem.name)"] = .price(price, per: "1,000,000 tokens")
                }
            }
        }
        add(tiers, "")
        if let longContext {
            add(longContext.tiers, "long_context ")
            values["long_context over_input_tokens"] = .text(String(longContext.threshold))
        }
        values["regional_uplift"] = regionalUplift.map { .text($0.description) }
        for (unit, price) in units { values[unit] = .price(price, per: PriceRange.unit(named: unit)?.unit ?? "unit") }
        for (unit, price) in estimates {
            values["estimate \(unit)"] = .price(price, per: PriceRange.unit(named: unit)?.unit ?? "unit")
        }
        return values
    }
}

extension RateCard {
    /// Returns the price of 1,000,000 tokens that the book lists for the price item itself; `nil` if it lists none.
    package func listedPrice(_ priceItem: PriceItem) -> Money? {
        self[listed: priceItem].map { Money(picoUSD: $0 * Self.tokensPerPrice) }
    }
}

extension PriceRules {
    /// The rules as text, by their keys in a book.
    var comparableTexts: [String: String] {
        func text<Value>(_ pairs: [String: Value]?, _ value: (Value) -> String) -> String? {
            pairs?.sorted { $0.key < $1.key }.map { "\($0.key): \(value($0.value))" }.joined(separator: ", ")
        }
        let fallback = priceItemFallback.map { pairs in
            Dictionary(uniqueKeysWithValues: pairs.map { ($0.key.name, $0.value.name) })
        }
        return [
            "tier_alias": text(tierAliases) { $0 },
            "meter_fallback": text(fallback) { $0 },
            "background_window": text(backgroundWindows, \.description),
            "model_match": nameRules?.map(\.rawValue).joined(separator: "; "),
        ].compactMapValues { $0 }
    }
}
