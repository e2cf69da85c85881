/// The prices of a model between two days.
package struct PricePeriod: Sendable {
    /// The prices of requests with more input than a threshold.
    package struct LongContext: Sendable {
        /// The most input tokens that are still short.
        package var threshold: Int64
        /// The prices by service tier.
        package var tiers: [String: RateCard]
    }

    /// The days on which the prices hold.
    package var days: DayInterval
    /// The prices per token by service tier.
    package var tiers: [String: RateCard] = [:]
    /// The prices of requests with much input.
    package var longContext: LongContext?
    /// The multiplier at hosts that keep data in a region.
    package var regionalUplift: Multiplier?
    /// The prices of other units, by the book's name of the unit.
    package var units: [String: Money] = [:]
    /// What a unit costs about, where the exact price needs tokens that were not reported.
    package var estimates: [String: Money] = [:]
    /// Where the prices were found.
    package var sources: [String] = []
    /// How sure the prices are.
    package var confidence: String?
    /// What else is known.
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
