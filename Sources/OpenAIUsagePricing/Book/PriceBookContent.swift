/// The decoded content of a price book.
struct PriceBookContent {
    var asOf: UTCDay
    var rules: PriceRules
    var layer: PriceOverrides
    /// The prices of single projects, by project.
    var projects: [String: PriceOverrides]
}
