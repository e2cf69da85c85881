import OpenAIUsage
import Testing

@testable import OpenAIUsagePricing

struct DecimalNumberTests {
    @Test(arguments: [
        ("0", 0), ("-0", 0), ("0.0", 0), ("0e400", 0), ("6.7e-06", 6_700_000), ("0.0000067", 6_700_000),
        ("0.16494", 164_940_000_000), ("1e0", 1_000_000_000_000), ("1E+2", 100_000_000_000_000),
        ("12.0", 12_000_000_000_000), ("-1.5", -1_500_000_000_000), ("0.0000000000005", 0),
        ("0.0000000000015", 2), ("0.00000000000050000000000000000000000000001", 1),
        ("0.00000000000050000000000000000000000000000000001", 1),
        ("0.00000000000050000000000000000000000000000000000", 0), ("0.00000000000149", 1),
        ("0.000006700000000000000000000000000000000001", 6_700_000), ("1e-100", 0),
    ])
    func readsProvidersAmounts(text: String, picoUSD: Int64) throws {
        let number = try #require(DecimalNumber(text))
        #expect(number.picoUSD == picoUSD)
    }

    @Test(arguments: [
        "", "-", ".5", "5.", "1e", "1e+", "01", "1.2.3", "abc", "1 ", " 1", "+1", "1e9999", "0x1", "null", "1.e5",
    ])
    func rejectsWhatIsNoNumberOfJSON(text: String) {
        #expect(DecimalNumber(text) == nil)
    }

    @Test(arguments: ["1e7", "9223373", "123456789012345678901234567890123456789"])
    func amountsBeyond64BitsAreNone(text: String) throws {
        #expect(try #require(DecimalNumber(text)).picoUSD == nil)
    }

    @Test(arguments: [
        ("12", 12, 1), ("44.25", 4425, 100), ("1.2e1", 12, 1), ("7.0", 7, 1), ("0.001", 1, 1000), ("0", 0, 1),
        ("3e3", 3000, 1), ("1.500000000000", 15, 10),
    ])
    func quantitiesAreExactFractions(text: String, numerator: Int64, denominator: Int64) throws {
        let quantity = try #require(DecimalNumber(text)?.quantity)
        #expect(quantity.numerator == numerator)
        #expect(quantity.denominator == denominator)
    }

    @Test(arguments: ["-1", "0.0000000001", "1e19", "1e-20"])
    func otherNumbersAreNoQuantities(text: String) throws {
        #expect(try #require(DecimalNumber(text)).quantity == nil)
    }
}
