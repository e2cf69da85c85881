import OpenAIUsage
import OpenAIUsageTestSupport
import Testing

@testable import OpenAIUsagePricing

struct MoneyTests {
    @Test(arguments: [
        ("0", 0), ("1", 1_000_000_000_000), ("0.00000675", 6_750_000), ("-0.5", -500_000_000_000), ("-0", 0),
        ("0.000000000001", 1), ("-0.000000000001", -1), ("12.50", 12_500_000_000_000), ("0.0125", 12_500_000_000),
        ("9223372.036854775807", Int64.max), ("-9223372.036854775808", Int64.min),
    ])
    func readsDecimals(text: String, picoUSD: Int64) throws {
        #expect(try Money(decimal: text).picoUSD == picoUSD)
    }

    @Test(arguments: [
        ("", MoneyError.Code.empty), (".5", .notDecimal), ("5.", .notDecimal), ("-", .notDecimal), ("+1", .notDecimal),
        ("1e3", .exponent), ("1E-6", .exponent), ("0x10", .notDecimal), (" 1", .notDecimal), ("1 ", .notDecimal),
        ("1,5", .notDecimal), ("1.2.3", .notDecimal), ("--1", .notDecimal), ("007", .notDecimal), ("01.5", .notDecimal),
        ("-01", .notDecimal), ("nan", .notDecimal), ("inf", .notDecimal), ("$1", .notDecimal), ("1_000", .notDecimal),
        ("\u{661}", .notDecimal), ("0.0000000000001", .tooManyDigits), ("1.0000000000000", .tooManyDigits),
        ("9223372.036854775808", .outOfRange), ("-9223372.036854775809", .outOfRange),
        ("99999999999999999999999", .outOfRange),
    ])
    func rejectsAnythingElse(text: String, code: MoneyError.Code) {
        let error = #expect(throws: MoneyError.self) { try Money(decimal: text) }
        #expect(error?.code == code)
        #expect(error?.description.isEmpty == false)
    }

    @Test(arguments: [
        (0, "0"), (1, "0.000000000001"), (6_750_000, "0.00000675"), (1_000_000_000_000, "1"),
        (12_500_000_000_000, "12.5"), (-1_500_000_000_000, "-1.5"), (-1, "-0.000000000001"),
        (10_000_000_000_000, "10"), (Int64.max, "9223372.036854775807"), (Int64.min, "-9223372.036854775808"),
    ])
    func printsTheShortestExactText(picoUSD: Int64, text: String) throws {
        #expect(Money(picoUSD: picoUSD).description == text)
        #expect(try Money(decimal: text).picoUSD == picoUSD)
    }

    @Test(arguments: [
        ("1.005", 2, "1.00"), ("1.015", 2, "1.02"), ("1.0050001", 2, "1.01"), ("0.5", 0, "0"), ("1.5", 0, "2"),
        ("2.5", 0, "2"), ("-2.5", 0, "-2"), ("-3.5", 0, "-4"), ("-0.005", 2, "0.00"), ("-0.015", 2, "-0.02"),
        ("0.00000675", 4, "0.0000"), ("1", 6, "1.000000"), ("0.999999", 2, "1.00"), ("3", 12, "3.000000000000"),
        ("3", 99, "3.000000000000"), ("3.7", -1, "4"),
    ])
    func roundsForDisplayHalfToEven(text: String, digits: Int, expected: String) throws {
        #expect(try Money(decimal: text).formatted(fractionDigits: digits) == expected)
    }

    @Test func textSurvivesARoundTrip() throws {
        let seed: UInt64 = 20_261_123
        var generator = SplitMix64(seed: seed)
        for _ in 0..<2000 {
            let shift = Int64.random(in: 0..<63, using: &generator)
            let money = Money(picoUSD: Int64(bitPattern: generator.next()) >> shift)
            #expect(try Money(decimal: money.description) == money, "seed \(seed)")
        }
    }

    @Test func sumsGoBeyond64Bits() {
        var sum = MoneySum()
        for _ in 0..<4 { sum += Money(picoUSD: Int64.max) }
        #expect(sum.description == "36893488.147419103228")
        var twice = sum
        twice += sum
        #expect(twice.picoUSD == sum.picoUSD * 2)
        #expect(sum < twice)
        #expect(twice.formatted(fractionDigits: 2) == "73786976.29")
    }

    @Test func amountsAreOrdered() {
        #expect(Money(picoUSD: -1) < Money.zero)
        #expect(!(Money.zero < Money.zero))
    }
}
