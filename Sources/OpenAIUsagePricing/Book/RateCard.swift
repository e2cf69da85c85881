/// The prices per token of one service tier.
package struct RateCard: Sendable, Equatable {
    /// The price that a meter's tokens are billed at.
    package struct Rate: Sendable, Equatable {
        /// The price of a token.
        package var picoUSD: Int64
        /// The meter that the price belongs to: another one where the book sends the meter's tokens there.
        package var priceItem: PriceItem
    }

    /// The digits after the point of a price per million tokens that leave a whole number of pico-dollars per token.
    static let fractionDigits = 6
    static let tokensPerPrice: Int64 = 1_000_000

    /// By meter; a rate that bears another meter was taken from there.
    private var rates: [Rate?] = Array(repeating: nil, count: PriceItem.allCases.count)

    /// The book's own price of a token, in pico-dollars.
    package subscript(listed priceItem: PriceItem) -> Int64? {
        get {
            guard let rate = rates[priceItem.index], rate.priceItem == priceItem else { return nil }
            return rate.picoUSD
        }
        set { rates[priceItem.index] = newValue.map { Rate(picoUSD: $0, priceItem: priceItem) } }
    }

    /// The price that a meter's tokens are billed at, fallbacks included.
    package subscript(priceItem: PriceItem) -> Rate? { rates[priceItem.index] }

    /// True if some kind of input costs money.
    var chargesInput: Bool { dearestInput.map { $0 > 0 } ?? false }

    /// True if some kind of output costs money.
    var chargesOutput: Bool { dearestOutput.map { $0 > 0 } ?? false }

    /// The highest price of a token of input, of any kind; `nil` if none has a price.
    var dearestInput: Int64? { dearest { !$0.isOutput } }

    /// The highest price of a token of output, of any kind; `nil` if none has a price.
    var dearestOutput: Int64? { dearest { $0.isOutput } }

    private func dearest(where isIncluded: (PriceItem) -> Bool) -> Int64? {
        PriceItem.allCases.lazy.filter(isIncluded).compactMap { rates[$0.index]?.picoUSD }.max()
    }

    /// Whether there are no prices.
    var isEmpty: Bool { rates.allSatisfy { $0 == nil } }

    /// The same prices, with those that are missing taken from other meters.
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
