/// A cause of a difference between the provider's bill and ours.
enum ReconcileCause: String, CaseIterable, Sendable {
    case notThroughUs = "not_through_us"
    case usageUnread = "usage_unread"
    case lateUsage = "late_usage"
    case tier
    case cacheClass = "cache_class"
    case longContext = "long_context"
    case toolFee = "tool_fee"
    case pricePeriod = "price_period"
    case rounding
    case inFlight = "in_flight"
    case restated
    case unrecognized = "unrecognized_line_item"
    /// The difference that no cause explains.
    case remainder

    /// The name in tables.
    var title: String {
        switch self {
        case .notThroughUs: "not through us"
        case .usageUnread: "usage unread"
        case .lateUsage: "late usage"
        case .tier: "tier"
        case .cacheClass: "cache class"
        case .longContext: "long context"
        case .toolFee: "tool fee"
        case .pricePeriod: "price period"
        case .rounding: "rounding"
        case .inFlight: "in flight at the boundary"
        case .restated: "restated"
        case .unrecognized: "unrecognized line item"
        case .remainder: "REMAINDER"
        }
    }

    /// The meaning in one sentence.
    var meaning: String {
        switch self {
        case .notThroughUs: "Calls that the provider counts and no ledger has."
        case .usageUnread:
            "Calls whose usage did not reach us, such as a stream that was left; the provider counted it."
        case .lateUsage:
            "Calls of ours that the provider does not count or charge yet; it may until the day has settled."
        case .tier: "Tokens that the provider billed in another service tier than the answer said."
        case .cacheClass:
            "Input that the provider counts as cached, written or fresh, and the answer as another of these."
        case .longContext: "Tokens at the prices of another context length than ours."
        case .toolFee: "Fees of hosted tools."
        case .pricePeriod: "The same tokens at another price per token than the ledger's."
        case .rounding: "At most half a unit of the last decimal of the provider's amounts, for each of them."
        case .inFlight: "Calls that the provider dates into the bucket before or after ours."
        case .restated: "What the provider changed after the bucket had settled."
        case .unrecognized: "Costs under names that are not understood."
        case .remainder: "What none of these explains."
        }
    }

    /// True if the difference is expected to disappear by itself.
    var isPending: Bool { self == .lateUsage || self == .inFlight }
}

/// The sums of a cause.
struct CauseSums: Equatable {
    /// The calls concerned.
    var calls: Int64 = 0
    /// The provider's calls less ours.
    var callDifference: Int64 = 0
    /// The tokens concerned.
    var tokens: Int128 = 0
    /// The provider's tokens less ours.
    var tokenDifference: Int128 = 0
    /// The provider's cost less ours in pico-dollars.
    var picoUSD: Int128 = 0

    static func += (left: inout CauseSums, right: CauseSums) {
        left.calls += right.calls
        left.callDifference += right.callDifference
        left.tokens += right.tokens
        left.tokenDifference += right.tokenDifference
        left.picoUSD += right.picoUSD
    }
}
