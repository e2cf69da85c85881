/// The models, tools and discounts of one layer of a price book.
struct PriceOverrides: Sendable {
    var models: [ModelPrices] = []
    var tools: [ToolPrices] = []
    var discounts = DiscountLayer()

    /// Returns this layer combined with another one beneath it.
    ///
    /// A model replaces the model with the same `id` beneath it, including all its names, and takes the names listed in
    /// its `ids` from other models. A tool replaces the tool with the same `id`. Discounts beneath remain unless this
    /// layer states them too, or replaces what they are stated for.
    func before(_ other: PriceOverrides, as origin: ModelPrices.Origin) -> PriceOverrides {
        let replaced = Set(models.map(\.id))
        let taken = Set(models.flatMap(\.names))
        var inherited: [String: [String]] = [:]
        var kept: [ModelPrices] = []
        for model in other.models {
            let names = model.names.filter { !taken.contains($0) }
            if replaced.contains(model.id) {
                inherited[model.id] = names
            } else if names.count == model.names.count {
                kept.append(model)
            } else if let id = names.contains(model.id) ? model.id : names.first {
                kept.append(model.renamed(id: id, names: names))
            }
        }
        let added = models.map { $0.moved(to: origin, names: $0.names + (inherited[$0.id] ?? [])) }
        let toolIDs = Set(tools.map(\.id))
        var below = other.discounts
        below.models = below.models.filter { !replaced.contains($0.key) }
        below.tools = below.tools.filter { !toolIDs.contains($0.key) }
        return PriceOverrides(
            models: kept + added,
            tools: other.tools.filter { !toolIDs.contains($0.id) } + tools,
            discounts: below.overridden(by: discounts)
        )
    }
}
