extension PriceBook {
    /// This book with the prices and rules of another one put before it.
    ///
    /// A model of the other book replaces the model with the same `id` here, with all its names, and takes over whatever
    /// else its `ids` name. Its prices hold at every host, so that other providers can be priced too. A tool replaces
    /// the tool of the same `id`, and a rule the rule of the same key.
    public func layered(with override: PriceBook) -> PriceBook {
        let replaced = Set(override.models.map(\.id))
        let taken = Set(override.models.flatMap(\.names))
        var inherited: [String: [String]] = [:]
        var kept: [ModelPrices] = []
        for model in models {
            let names = model.names.filter { !taken.contains($0) }
            if replaced.contains(model.id) {
                inherited[model.id] = names
            } else if names.count == model.names.count {
                kept.append(model)
            } else if let id = names.contains(model.id) ? model.id : names.first {
                kept.append(model.renamed(id: id, names: names))
            }
        }
        let added = override.models.map { model in
            model.asOverride(names: model.names + (inherited[model.id] ?? []))
        }
        let toolIDs = Set(override.tools.map(\.id))
        let mixed = ContentHash.text(ContentHash.value(of: contentHash + override.contentHash))
        return PriceBook(
            version: "\(version)+\(override.contentHash.prefix(8))",
            asOf: max(asOf, override.asOf),
            contentHash: mixed,
            models: kept + added,
            tools: tools.filter { !toolIDs.contains($0.id) } + override.tools,
            rules: rules.overridden(by: override.rules)
        )
    }
}
