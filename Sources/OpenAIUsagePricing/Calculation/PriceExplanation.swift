public import OpenAIUsage

/// A cost broken down into lines.
///
/// The subtotals are rounded and add up exactly to the cost.
public struct PriceExplanation: Sendable, Equatable {
    /// The part of a call that a line bills.
    public enum Part: String, Sendable {
        /// The model's own usage.
        case model
        /// A hosted tool.
        case tool
        /// The cost that the provider reported.
        case provider
    }

    /// A multiplier of a line, or a condition that selected its price.
    public struct Modifier: Sendable, Equatable {
        /// The name (`regional_uplift`, `background_window`, `long_context`, `estimate`, `discount`).
        public var name: String
        /// The multiplier as decimal text; `nil` for a condition that selected the price.
        public var factor: String?
        /// The level of a discount, the most specific that states one: `project_model`, `project_tool`, `project`, `model`,
        /// `tool` or `book`; `nil` for other modifiers.
        public var level: String?
    }

    /// The product of a quantity and a price.
    public struct Line: Sendable, Equatable {
        /// The part of the call that the line bills.
        public var part: Part
        /// The price item, unit or tool (`cached_input`, `audio_input_minute`, `web_search`).
        public var item: String
        /// The `id` of the model in the book; `nil` for fees.
        public var model: String?
        /// The quantity used, as decimal text.
        public var quantity: String
        /// The unit of the quantity (`token`, `second`, `call`).
        public var unit: String
        /// The price of ``unitsPerPrice`` units.
        public var price: Money
        /// The number of units that the price is for: 1,000,000 tokens, 60 seconds, 1 call.
        public var unitsPerPrice: Int64
        /// The price item whose price applies instead; `nil` if the item has a price of its own.
        public var billedAs: String?
        /// The service tier of the price; `nil` if the price does not depend on it.
        public var tier: String?
        /// The days on which the price applies (`2026-03-05...`).
        public var period: String
        /// The multipliers and conditions that affected the price.
        public var modifiers: [Modifier]
        /// The cost of the line, rounded.
        public var subtotal: Money
    }

    /// Something that could not be priced exactly.
    public struct Gap: Sendable, Equatable {
        /// The price item, tool or model.
        public var item: String
        /// The quantity used, as decimal text; `nil` if it is unknown.
        public var quantity: String?
        /// The reason why there is no exact price.
        public var reason: CostReason
    }

    /// The total cost.
    public internal(set) var cost: CallCost
    /// The model name that the prices were looked up by; `nil` if the call names none or the book was not consulted.
    public internal(set) var model: String?
    /// The `id` of the model in the book; `nil` if the book does not list it.
    public internal(set) var pricedAs: String?
    /// The layer that the model's prices come from.
    package internal(set) var origin: ModelPrices.Origin?
    /// The service tier whose prices apply; `nil` if the book was not consulted.
    public internal(set) var tier: String?
    /// The lines, in the order in which they were added.
    public internal(set) var lines: [Line] = []
    /// The parts of the call that could not be priced exactly.
    public internal(set) var gaps: [Gap] = []
}
