/// Why a cost is not exact, or what is special about one that is; the values of ``CallCost/reason``.
package enum CostReason: String, Sendable, CaseIterable {
    /// The price book does not hold the model, or no model is known.
    case unknownModel = "unknown_model"
    /// The model has no price in the service tier.
    case unknownTier = "unknown_tier"
    /// The model has no price in the service tier for as much input.
    case unknownLongContext = "unknown_long_context"
    /// The price of the background request's completion window is not known.
    case unknownWindow = "unknown_window"
    /// The fee of a hosted tool is not known.
    case unknownTool = "unknown_tool"
    /// Something was used that has no price.
    case missingMeter = "missing_meter"
    /// The book has no price for the day.
    case missingPeriod = "missing_period"
    /// The tokens of the call were not reported; the cost is that of its tools.
    case missingUsage = "missing_usage"
    /// The price is that of an estimate per unit.
    case estimate
    /// The parts that were reported exceed their whole.
    case inconsistentUsage = "inconsistent_usage"
    /// The usage adds up that of several models.
    case severalModels = "several_models"
    /// The call went to a provider whose prices are others.
    case otherProvider = "other_provider"
    /// The cost exceeds what can be stored.
    case outOfRange = "out_of_range"
    /// The call ran on prepaid capacity and is priced as if it had not; the cost is exact all the same.
    case scaleTier = "scale_tier"
}
