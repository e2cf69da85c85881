package import OpenAIUsage

/// The prices of a model within a range of days.
package struct PricePeriod: Sendable {
    /// The prices of requests whose input exceeds a threshold.
    package struct LongContext: Sendable {
        /// The largest number of input tokens that is not long context.
        package var threshold: Int64
        /// The prices per token, by service tier.
        package var tiers: [String: RateCard]
    }

    /// The days on which the prices apply.
    package var days: DayInterval
    /// The prices per token, by service tier.
    package var tiers: [String: RateCard] = [:]
    /// The prices of long-context requests; `nil` if the model has none.
    package var longContext: LongContext?
    /// The multiplier at regional hosts; `nil` if there is none.
    package var regionalUplift: Multiplier?
    /// The prices of units other than tokens, by the unit's name in the book.
    package var units: [String: Money] = [:]
    /// Approximate prices of units, for calls whose exact price needs token counts that were not reported.
    package var estimates: [String: Money] = [:]
    /// The sources of the prices.
    package var sources: [String] = []
    /// The confidence in the prices, as stated by the book.
    package var confidence: String?
    /// A free-form note.
    package var note: String?

    func applying(_ fallback: [PriceItem: PriceItem]) -> PricePeriod {
        var period = self
        period.tiers = tiers.mapValues { $0.applying(fallback) }
        if let longContext {
            period.longContext?.tiers = longContext.tiers.mapValues { $0.applying(fallback) }
        }
        return period
    }
}
