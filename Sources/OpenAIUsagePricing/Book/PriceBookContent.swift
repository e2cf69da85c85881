/// What a price book's text says.
struct PriceBookContent {
    var asOf: UTCDay
    var rules: PriceRules
    var layer: PriceOverrides
    /// What holds for one project only, by project.
    var projects: [String: PriceOverrides]
}
