import OpenAIUsage

/// The service tier whose prices apply to a call.
struct CallTier {
    static let standard = "default"

    /// The tier's name in the book.
    var name = Self.standard
    /// True if the call ran on prepaid capacity.
    var isScale = false
    /// The multiplier for the background request's completion window; `nil` if it is unknown.
    var window: Multiplier? = .one
}

extension CallRecord {
    /// Returns the service tier whose prices apply, according to a book's rules.
    func tier(in book: PriceBook) -> CallTier {
        var tier = CallTier()
        // Batch responses report "default", which is not the tier they are billed at.
        let served = endpoint.family.work == .batch ? "batch" : serviceTier ?? requestedServiceTier
        if let served, served != CallTier.standard {
            tier.isScale = served == "scale"
            tier.name = book.rules.tierAliases?[served] ?? served
        }
        if tier.name == CallTier.standard, endpoint.name == "decisions" { tier.name = "decisions" }
        if let backgroundWindow {
            tier.window = book.rules.backgroundWindows?[backgroundWindow]
            // The multipliers are discounts on the default tier; none are documented for other tiers.
            if let factor = tier.window, !factor.isOne, tier.name != CallTier.standard { tier.window = nil }
        }
        return tier
    }
}
