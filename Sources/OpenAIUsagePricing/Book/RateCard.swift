/// The prices per token of one service tier.
package struct RateCard: Sendable, Equatable {
    /// The price at which tokens of a price item are billed.
    package struct Rate: Sendable, Equatable {
        /// The price of one token, in pico-dollars.
        package var picoUSD: Int64
        /// The price item that the price is listed under; another one if the price is a fallback.
        package var priceItem: PriceItem
    }

    /// The fraction digits of a price per million tokens that yield a whole number of pico-dollars per token.
    static let fractionDigits = 6
    static let tokensPerPrice: Int64 = 1_000_000

    /// By price item; a rate with a different price item is a fallback.
    private var rates: [Rate?] = Array(repeating: nil, count: PriceItem.allCases.count)

    /// The price of one token that the book lists for the price item itself, in pico-dollars; `nil` if it lists none.
    package subscript(listed priceItem: PriceItem) -> Int64? {
        get {
            guard let rate = rates[priceItem.index], rate.priceItem == priceItem else { return nil }
            return rate.picoUSD
        }
        set { rates[priceItem.index] = newValue.map { Rate(picoUSD: $0, priceItem: priceItem) } }
    }

    /// The price at which tokens of a price item are billed, including fallbacks; `nil` if there is none.
    package subscript(priceItem: PriceItem) -> Rate? { rates[priceItem.index] }

    /// True if any kind of input has a price above zero.
    var chargesInput: Bool { highestInputPrice.map { $0 > 0 } ?? false }

    /// True if any kind of output has a price above zero.
    var chargesOutput: Bool { highestOutputPrice.map { $0 > 0 } ?? false }

    /// The highest price of an input token of any kind, in pico-dollars; `nil` if none has a price.
    var highestInputPrice: Int64? { dearest { !$0.isOutput } }

    /// The highest price of an output token of any kind, in pico-dollars; `nil` if none has a price.
    var highestOutputPrice: Int64? { dearest { $0.isOutput } }

    private func dearest(where isIncluded: (PriceItem) -> Bool) -> Int64? {
        PriceItem.allCases.lazy.filter(isIncluded).compactMap { rates[$0.index]?.picoUSD }.max()
    }

    /// True if the card has no prices.
    var isEmpty: Bool { rates.allSatisfy { $0 == nil } }

    /// Returns the same prices, with missing ones filled in from fallback price items.
    func applying(_ fallback: [PriceItem: PriceItem]) -> RateCard {
        var card = self
        for priceItem in PriceItem.allCases {
            var source = priceItem
            var steps = 0
            while self[listed: source] == nil, steps < PriceItem.allCases.count, let next = fallback[source] {
                source = next
                steps += 1
            }
            card.rates[priceItem.index] = self[listed: source].map { Rate(picoUSD: $0, priceItem: source) }
        }
        return card
    }
}
