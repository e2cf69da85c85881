import OpenAIUsage
import Testing

@testable import OpenAIUsagePricing

struct MultiplierTests {
    @Test(arguments: [
        ("1.1", 1000, 1100), ("0.7", 1000, 700), ("1", 7, 7), ("0.5", 1, 0), ("0.5", 3, 2), ("0.5", 5, 2),
        ("0.5", -1, 0), ("0.5", -3, -2), ("0.333333", 1_000_000, 333_333), ("1000", 2, 2000),
    ])
    func roundsHalfToEven(text: String, amount: Int, expected: Int) throws {
        #expect(try Multiplier(decimal: text).applied(to: Int128(amount)) == Int128(expected))
        #expect(try Multiplier(decimal: text).description == text)
    }

    @Test func productsAreExact() throws {
        let product = try Multiplier(decimal: "1.1") * Multiplier(decimal: "0.7")
        #expect(product.description == "0.77")
        #expect(product.applied(to: 100) == 77)
        #expect(try Multiplier(decimal: "1.25") * Multiplier(decimal: "0.8") == .one)
    }

    @Test func overflowIsNone() throws {
        #expect(try Multiplier(decimal: "1.1").applied(to: Int128.max) == nil)
    }

    @Test(arguments: ["0", "-1", "1001", "1e3", "0.0000001", "x"])
    func rejectsWhatIsNoMultiplier(text: String) {
        #expect(throws: MoneyError.self) { try Multiplier(decimal: text) }
    }
}
