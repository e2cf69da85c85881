import Testing

@testable import oai_usage

struct ExactDecimalTests {
    @Test(arguments: [
        ("0", "0"), ("0.150", "0.15"), ("12.5", "12.5"), ("1e3", "1000"), ("0.000000000001", "0.000000000001"),
    ])
    func `Text is kept without zeros at its end`(text: String, expected: String) throws {
        #expect(try #require(ExactDecimal(text)).text == expected)
    }

    @Test
    func `Sums and products keep every digit`() throws {
        let price = try #require(ExactDecimal("1.25"))
        let quantity = try #require(ExactDecimal("0.103349"))
        #expect(try #require(price.times(quantity)).text == "0.12918625")
        #expect(try #require(price.plus(quantity)).text == "1.353349")
        #expect(price.plus(.zero) == price)
        #expect(price.times(.one) == price)
    }

    @Test
    func `A quotient is exact where it ends, and else rounded half to even`() throws {
        let number = ExactDecimal(103_349, scale: 0)
        #expect(number.divided(by: 1_000_000, fractionDigits: 12)?.text == "0.103349")
        #expect(ExactDecimal(1, scale: 0).divided(by: 3, fractionDigits: 4)?.text == "0.3333")
        #expect(ExactDecimal(5, scale: 1).divided(by: 1, fractionDigits: 0)?.text == "0.5")
    }

    @Test
    func `What does not fit is not a number`() {
        let large = ExactDecimal(.max, scale: 0)
        #expect(large.plus(.one) == nil)
        #expect(large.times(ExactDecimal(2, scale: 0)) == nil)
        #expect(large.divided(by: 7, fractionDigits: 12) == nil)
        #expect(ExactDecimal("gpt") == nil)
    }
}
