/// What a price book's text says.
struct PriceBookContent {
    var asOf: UTCDay
    var rules: PriceRules
    var models: [ModelPrices]
    var tools: [ToolPrices]
}
