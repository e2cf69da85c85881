import OpenAIUsage
import OpenAIUsagePricing
import Testing

@testable import oai_usage

/// Dated rates of a second currency.
struct CurrencyRatesTests {
    private static let day: Int64 = 86_400_000_000
    private static let text = #"""
        {"EUR": [{"from": "1970-01-04", "rate": "0.92"}, {"from": "1970-01-02", "rate": 0.9}],
         "JPY": [{"from": "1970-01-01", "rate": "155.12345678"}]}
        """#

    private static func rates(_ code: String = "EUR") throws -> CurrencyRates {
        try CurrencyRates(code, in: text, path: "rates.json")
    }

    @Test
    func `A rate holds from its day until the next one`() throws {
        let rates = try Self.rates()
        func rate(_ day: Int) -> String? { rates.rate(on: UTCDay(number: day))?.text }
        #expect([0, 1, 2, 3, 4_000].map(rate) == [nil, "0.9", "0.9", "0.92", "0.92"])
        #expect(rates.amount(picoUSD: 1, at: 0) == nil)
        #expect(rates.amount(picoUSD: nil, at: Self.day) == nil)
        #expect(rates.amount(picoUSD: 1, at: Self.day).map(CurrencyRates.text) == "0.0000000000009")
        #expect(rates.amount(picoUSD: 3_000_000_000_000, at: 3 * Self.day).map(CurrencyRates.text) == "2.76")
    }

    @Test
    func `A range is divided at midnight in UTC where the rate changes`() throws {
        let parts = try Self.rates().parts(from: Self.day / 2, to: 5 * Self.day)
        #expect(parts.map(\.from) == [Self.day / 2, Self.day, 3 * Self.day])
        #expect(parts.map(\.to) == [Self.day, 3 * Self.day, 5 * Self.day])
        #expect(parts.map(\.rate?.text) == [nil, "0.9", "0.92"])
        #expect(try Self.rates().parts(from: 4 * Self.day, to: 5 * Self.day).map(\.rate?.text) == ["0.92"])
        #expect(try Self.rates().parts(from: 0, to: 10).map(\.rate) == [nil])
        #expect(try Self.rates().parts(from: Self.day, to: 2 * Self.day).map(\.rate?.text) == ["0.9"])
    }

    @Test
    func `Rates of many digits are exact, and rounded in tables only`() throws {
        let amount = try #require(try Self.rates("JPY").amount(picoUSD: 1, at: 0))
        #expect(CurrencyRates.text(amount) == "0.00000000015512345678")
        #expect(CurrencyRates.pico(amount) == 155)
    }

    @Test(arguments: [
        "{", "[]", #"{"EUR": 1}"#, #"{"EUR": []}"#, #"{"EUR": [{"from": "x", "rate": "1"}]}"#,
        #"{"EUR": [{"from": "2026-01-01", "rate": "0"}]}"#, #"{"EUR": [{"from": "2026-01-01", "rate": "1", "x": 1}]}"#,
        #"{"USD": [{"from": "2026-01-01", "rate": "1"}]}"#, #"{"GBP": [{"from": "2026-01-01", "rate": "1"}]}"#, "{}",
    ])
    func `A mistake is an error`(text: String) {
        #expect(throws: CommandFailure.self) { try CurrencyRates("EUR", in: text, path: "rates.json") }
    }
}
