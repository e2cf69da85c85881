import Testing

@testable import OpenAIUsagePricing

struct RateCardTests {
    private static let fallback: [PriceItem: PriceItem] = [
        .cachedInput: .input, .cacheWrite: .input, .cacheWrite12Hour: .cacheWrite, .cachedAudioInput: .cachedInput,
    ]

    private static func card(_ prices: [PriceItem: Int64]) -> RateCard {
        var card = RateCard()
        for (meter, price) in prices { card[listed: meter] = price }
        return card
    }

    @Test func aMissingPriceIsTakenFromTheNextMeterThatHasOne() {
        let card = Self.card([.input: 5]).applying(Self.fallback)
        #expect(card[.input] == RateCard.Rate(picoUSD: 5, priceItem: .input))
        #expect(card[.cacheWrite12Hour] == RateCard.Rate(picoUSD: 5, priceItem: .input))
        #expect(card[.cachedAudioInput] == RateCard.Rate(picoUSD: 5, priceItem: .input))
        #expect(card[.output] == nil)
        #expect(card[.audioInput] == nil)
        #expect(card[listed: .cachedInput] == nil)
        #expect(card[listed: .input] == 5)
    }

    @Test func aPriceOfItsOwnWins() {
        let card = Self.card([.input: 5, .cachedInput: 1, .cacheWrite: 0]).applying(Self.fallback)
        #expect(card[.cachedInput] == RateCard.Rate(picoUSD: 1, priceItem: .cachedInput))
        #expect(card[.cachedAudioInput] == RateCard.Rate(picoUSD: 1, priceItem: .cachedInput))
        #expect(card[.cacheWrite12Hour] == RateCard.Rate(picoUSD: 0, priceItem: .cacheWrite))
    }

    @Test func otherRulesReplaceEarlierOnes() {
        let first = Self.card([.input: 5, .output: 9]).applying(Self.fallback)
        let second = first.applying([.cachedInput: .output])
        #expect(second[.cachedInput] == RateCard.Rate(picoUSD: 9, priceItem: .output))
        #expect(second[.cacheWrite] == nil)
        #expect(first.applying([:]) == Self.card([.input: 5, .output: 9]))
    }

    @Test func aCircleEnds() {
        let card = Self.card([:]).applying([.input: .cachedInput, .cachedInput: .input])
        #expect(card[.input] == nil)
    }

    @Test func metersAndNamesAreTheSame() {
        for meter in PriceItem.allCases { #expect(PriceItem(name: meter.name) == meter) }
        #expect(Set(PriceItem.allCases.map(\.name)).count == 12)
        #expect(PriceItem(name: "reasoning") == nil)
        #expect(PriceItem(name: "") == nil)
    }
}
