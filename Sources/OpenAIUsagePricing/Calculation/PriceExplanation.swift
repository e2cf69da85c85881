public import OpenAIUsage

/// A cost, line by line.
///
/// The subtotals of the lines are rounded and add up to the cost to the last digit.
public struct PriceExplanation: Sendable, Equatable {
    /// What a line is for.
    public enum Part: String, Sendable {
        /// The model's own work.
        case model
        /// A hosted tool.
        case tool
        /// The provider's own figure.
        case provider
    }

    /// A multiplier of a line, or a circumstance that chose its price.
    public struct Modifier: Sendable, Equatable {
        /// What it is (`regional_uplift`, `background_window`, `long_context`).
        public var name: String
        /// The multiplier as decimal text; `nil` where it is a price list of its own.
        public var factor: String?
    }

    /// One product of a quantity and a price.
    public struct Line: Sendable, Equatable {
        /// What the line is for.
        public var part: Part
        /// The meter, unit or tool (`cached_input`, `audio_input_minute`, `web_search`).
        public var item: String
        /// The book's name of the model whose price it is; `nil` for fees.
        public var model: String?
        /// How much was used, as decimal text.
        public var quantity: String
        /// What the quantity counts (`token`, `second`, `call`).
        public var unit: String
        /// The price of ``unitsPerPrice`` units.
        public var price: Money
        /// How many units the price is for: 1,000,000 tokens, 60 seconds, 1 call.
        public var unitsPerPrice: Int64
        /// The meter whose price it is, where the item has none of its own.
        public var billedAs: String?
        /// The service tier of the price.
        public var tier: String?
        /// The days on which the price holds (`2026-03-05...`).
        public var period: String
        /// What changed the price.
        public var modifiers: [Modifier]
        /// The cost of the line, rounded.
        public var subtotal: Money
    }

    /// Something that has no price.
    public struct Gap: Sendable, Equatable {
        /// What it is (a meter, a tool, a model).
        public var item: String
        /// How much of it was used, as decimal text, where that is known.
        public var quantity: String?
        /// The reason why it has no price.
        public var reason: CostReason
    }

    /// The cost.
    public internal(set) var cost: CallCost
    /// The name of the model that the call is priced by.
    public internal(set) var model: String?
    /// The book's name for the model.
    public internal(set) var pricedAs: String?
    /// Where the model's prices come from.
    package internal(set) var origin: ModelPrices.Origin?
    /// The service tier whose prices apply.
    public internal(set) var tier: String?
    /// The lines.
    public internal(set) var lines: [Line] = []
    /// What has no price.
    public internal(set) var gaps: [Gap] = []
}
