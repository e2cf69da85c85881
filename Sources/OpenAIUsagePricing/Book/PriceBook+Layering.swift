extension PriceBook {
    /// Returns a book with another book layered over this one.
    ///
    /// A model of the other book replaces the model with the same `id`, including all its names, and takes the names
    /// listed in its `ids` from other models. Its prices apply at every host, so that other providers can be priced
    /// too. A tool replaces the tool with the same `id`, and a rule the rule with the same key. Prices of a single
    /// project, from either book, take precedence over prices for all projects.
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
