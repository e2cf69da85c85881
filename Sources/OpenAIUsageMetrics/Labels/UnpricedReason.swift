import OpenAIUsage

/// Why the cost of a call is not known in full, as the `reason` label names it.
enum UnpricedReason: String, Sendable, CaseIterable {
    case unknownModel = "unknown_model"
    case unknownTier = "unknown_tier"
    case unknownOperation = "unknown_operation"
    case missingMeter = "missing_meter"
    case other

    /// The reason; `nil` for a cost that is known or that there is none.
    init?(_ cost: CallCost) {
        switch cost.status {
        case .unpriced, .partial: self = cost.reason.flatMap { Self(rawValue: $0.rawValue) } ?? .other
        case .exact, .provider, .free, .none: return nil
        }
    }
}
