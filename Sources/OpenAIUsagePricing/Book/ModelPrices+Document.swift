import OpenAIUsage

// Models, tools and prices as JSON of the price book schema.
extension ModelPrices {
    /// The model as a member of a price book's `models`.
    package var document: JSONDocument.Value {
        .members([
            "id": .string(id), "ids": .elements(names.map { .string($0) }), "kind": .string(kind.rawValue),
            "periods": .elements(periods.map(\.document)), "shutdown": shutdown.map { .string($0.description) },
        ])
    }
}

extension PricePeriod {
    /// The period as an element of a model's `periods`.
    package var document: JSONDocument.Value {
        .members([
            "from": .text(days.first?.description), "to": .text(days.last?.description),
            "per_1m": tiers.isEmpty ? nil : Self.document(tiers),
            "long_context": longContext.map { long in
                .members([
                    "over_input_tokens": .integer(long.threshold), "per_1m": Self.document(long.tiers),
                ])
            },
            "regional_uplift": regionalUplift.map { .string($0.description) },
            "per_unit": units.isEmpty ? nil : Self.document(units),
            "estimate_per_unit": estimates.isEmpty ? nil : Self.document(estimates),
            "source": sources.isEmpty ? nil : .elements(sources.map { .string($0) }),
            "confidence": confidence.map { .string($0) }, "note": note.map { .string($0) },
        ])
    }

    private static func document(_ tiers: [String: RateCard]) -> JSONDocument.Value {
        .members(PriceBook.sortedTiers(tiers.keys).map { ($0, tiers[$0]?.document) })
    }

    private static func document(_ units: [String: Money]) -> JSONDocument.Value {
        .members(units.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value.description)) })
    }
}

extension RateCard {
    fileprivate var document: JSONDocument.Value {
        .members(
            PriceItem.allCases.compactMap { priceItem in
                listedPrice(priceItem).map { (priceItem.name, .string($0.description)) }
            }
        )
    }
}

extension ToolPrices {
    /// The tool as a member of a price book's `tools`.
    package var document: JSONDocument.Value {
        .members([
            "id": .string(id), "counted_by": countedBy.map { .string($0) }, "unit": .string(unit.rawValue),
            "free_units": freeUnits.map { .string($0.description) },
            "periods": .elements(
                periods.map { period in
                    .members([
                        "from": .text(period.days.first?.description), "to": .text(period.days.last?.description),
                        "price": .string(period.price.description), "note": period.note.map { .string($0) },
                    ])
                }
            ),
            "note": note.map { .string($0) },
        ])
    }
}

extension PriceBook {
    /// Returns tier names in display order: the default, cheaper tiers, more expensive tiers, then others by name.
    package static func sortedTiers(_ names: some Sequence<String>) -> [String] {
        let order = ["default", "batch", "flex", "priority", "ultrafast", "decisions"]
        return names.sorted { left, right in
            let (leftPlace, rightPlace) = (order.firstIndex(of: left) ?? .max, order.firstIndex(of: right) ?? .max)
            return leftPlace == rightPlace ? left < right : leftPlace < rightPlace
        }
    }
}
