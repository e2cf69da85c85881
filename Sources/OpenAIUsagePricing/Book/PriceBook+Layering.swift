extension PriceBook {
    /// This book with the prices and rules of another one put before it.
    ///
    /// A model of the other book replaces the model with the same `id` here, with all its names, and takes over whatever
    /// else its `ids` name. Its prices hold at every host, so that other providers can be priced too. A tool replaces
    /// the tool of the same `id`, and a rule the rule of the same key. What either book says of one project goes before
    /// what both say of all.
    public func layered(with override: PriceBook) -> PriceBook {
        let mixed = ContentHash.text(ContentHash.value(of: contentHash + override.contentHash))
        return PriceBook(
            version: "\(version)+\(override.contentHash.prefix(8))",
            asOf: max(asOf, override.asOf),
            contentHash: mixed,
            layer: override.layer.before(layer, as: .override),
            projects: projects.merging(override.projects) { $1.before($0, as: .project) },
            rules: rules.overridden(by: override.rules)
        )
    }
}
