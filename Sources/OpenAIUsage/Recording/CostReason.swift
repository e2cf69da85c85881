/// The reason why a cost is not exact, or what is special about one that is.
///
/// Prices, rows and metrics share it: ``rawValue`` is stored in the ledger, and is `cost_reason` in JSON and the value
/// of the `reason` label.
public struct CostReason: Sendable, Hashable, RawRepresentable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// The reason as a short fixed word (`unknown_model`).
    public let rawValue: String

    /// Creates a reason from its word, known or not.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// Creates a reason from its word, known or not.
    public init(stringLiteral word: String) {
        self.init(rawValue: word)
    }

    /// The word.
    public var description: String { rawValue }

    /// The price book does not contain the model, or the model is not known.
    public static let unknownModel = CostReason(rawValue: "unknown_model")
    /// The model has no price in the service tier.
    public static let unknownTier = CostReason(rawValue: "unknown_tier")
    /// The model has no price in the service tier for that much input.
    public static let unknownLongContext = CostReason(rawValue: "unknown_long_context")
    /// The price of the background request's completion window is not known.
    public static let unknownWindow = CostReason(rawValue: "unknown_window")
    /// The fee of a hosted tool is not known.
    public static let unknownTool = CostReason(rawValue: "unknown_tool")
    /// A billed item has no price.
    public static let missingPriceItem = CostReason(rawValue: "missing_meter")
    /// The book has no price for the day.
    public static let missingPeriod = CostReason(rawValue: "missing_period")
    /// Tokens that cost money were not reported; the cost covers the others.
    public static let missingUsage = CostReason(rawValue: "missing_usage")
    /// The price is an estimate per unit.
    public static let estimate = CostReason(rawValue: "estimate")
    /// The reported parts exceed their whole.
    public static let inconsistentUsage = CostReason(rawValue: "inconsistent_usage")
    /// The usage is the sum of several models.
    public static let severalModels = CostReason(rawValue: "several_models")
    /// The call went to a provider with prices of its own.
    public static let otherProvider = CostReason(rawValue: "other_provider")
    /// The cost exceeds the range that can be stored.
    public static let outOfRange = CostReason(rawValue: "out_of_range")
    /// The call ran on prepaid capacity and is priced as if it did not; the cost is exact all the same.
    public static let scaleTier = CostReason(rawValue: "scale_tier")
    /// A cache in front of the provider answered the call, so that the provider billed nothing.
    public static let answeredByCache = CostReason(rawValue: "answered_by_cache")

    /// All reasons of this version.
    public static let known: [CostReason] = [
        .unknownModel, .unknownTier, .unknownLongContext, .unknownWindow, .unknownTool, .missingPriceItem,
        .missingPeriod,
        .missingUsage, .estimate, .inconsistentUsage, .severalModels, .otherProvider, .outOfRange, .scaleTier,
        .answeredByCache,
    ]
}
