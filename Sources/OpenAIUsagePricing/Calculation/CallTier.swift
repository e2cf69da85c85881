import OpenAIUsage

/// The service tier whose prices apply to a call.
struct CallTier {
    static let standard = "default"

    /// The name of the tier in the book.
    var name = Self.standard
    /// Whether the call ran on prepaid capacity.
    var isScale = false
    /// The multiplier of the background request's completion window; `nil` if it is not known.
    var window: Multiplier? = .one
}

extension CallRecord {
    /// The service tier whose prices apply, under the rules of a book.
    func tier(in book: PriceBook) -> CallTier {
        var tier = CallTier()
        // The answers of a batch say "default", which is not the tier they are billed in.
        let served = endpoint.family.work == .batch ? "batch" : serviceTier ?? requestedServiceTier
        if let served, served != CallTier.standard {
            tier.isScale = served == "scale"
            tier.name = book.rules.tierAliases?[served] ?? served
        }
        if tier.name == CallTier.standard, endpoint.name == "decisions" { tier.name = "decisions" }
        if let backgroundWindow {
            tier.window = book.rules.backgroundWindows?[backgroundWindow]
            // The windows are discounts of the default tier; nothing says that others have them.
            if let factor = tier.window, !factor.isOne, tier.name != CallTier.standard { tier.window = nil }
        }
        return tier
    }
}
