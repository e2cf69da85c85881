import OpenAIUsage

extension CostReason {
    /// The reason in words, as part of a sentence, with a remedy if there is one.
    var sentence: String {
        switch self {
        case .unknownModel: "the price book does not hold the model; a price file can"
        case .unknownTier: "the model has no price in the service tier"
        case .unknownLongContext: "the model has no price in the service tier for as much input"
        case .unknownWindow: "the price of the completion window is not known"
        case .unknownTool: "the fee of the tool is not known"
        case .missingPriceItem: "it has no price"
        case .missingPeriod: "the price book has no price for the day"
        case .missingUsage: "the usage was not reported"
        case .estimate: "estimated per unit, since the tokens were not reported"
        case .inconsistentUsage: "the parts that were reported exceed their whole"
        case .severalModels: "the usage adds up that of several models"
        case .otherProvider: "the provider has prices of its own; a price file can hold them"
        case .outOfRange: "the cost is too large to be kept"
        case .scaleTier: "prepaid capacity, priced as the default tier"
        case .answeredByCache: "a cache in front of the provider answered"
        default: rawValue
        }
    }
}
