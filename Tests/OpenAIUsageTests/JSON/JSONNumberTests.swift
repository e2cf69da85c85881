import Foundation
import OpenAIUsage
import OpenAIUsageTestSupport
import Testing

struct JSONNumberTests {
    static let integers: [(text: String, value: Int64)] = [
        ("0", 0), ("-0", 0), ("0.0", 0), ("-0.000", 0), ("0e5", 0), ("0E-5", 0), ("0.0e99999", 0), ("0e-99999", 0),
        ("1", 1), ("-1", -1), ("12", 12), ("12.0", 12), ("12.000000000000000000000000", 12), ("1.2e1", 12),
        ("1.2E1", 12),
        ("1.2e+1", 12), ("120e-1", 12), ("1200e-2", 12), ("0.12e2", 12), ("0.0012e4", 12), ("12e0", 12), ("12e-0", 12),
        ("12.50e1", 125), ("1e3", 1_000), ("1E03", 1_000), ("1e+003", 1_000), ("-1.5e1", -15), ("10", 10), ("100", 100),
        ("131072", 131_072), ("4294967296", 4_294_967_296), ("9007199254740993", 9_007_199_254_740_993),
        ("9223372036854775807", .max), ("-9223372036854775807", -.max), ("-9223372036854775808", .min),
        ("9.223372036854775807e18", .max), ("9223372036854775807.000", .max), ("92233720368547758070e-1", .max),
        ("1e18", 1_000_000_000_000_000_000), ("1000000000000000000000000000000e-30", 1),
        ("0.000000000000000000000000000001e30", 1),
    ]

    static let others = [
        // A fraction.
        "0.5", "12.5", "-0.1", "1e-1", "12e-1", "125e-2", "1.25e1", "0.00000000000000000000000000001", "44.25",
        "1e-99999",
        // Beyond 64 bits.
        "9223372036854775808", "-9223372036854775809", "18446744073709551616", "1e19", "-1e19", "1e99999",
        "1e99999999999999999999999", "9.3e18", "99999999999999999999999999999999999999999",
    ]

    static let junk = [
        "", "-", "+", ".", "-.", "e", "e5", "-e5", ".e5", "E", "x", "1x", "0x10", "1 ", " 1", "1,000", "1_000", "one",
        "NaN",
        "Infinity", "\u{ff11}", "--1", "1-", "1-2", "+1", "1+1", "1..2", "1.2.3", "1e", "1e+", "1e-", "1ee5", "1e5.0",
        "1e5e5",
        "1e+-5", "1.", ".5", "-.5",
    ]

    @Test(arguments: integers)
    func `An integer is read whatever its spelling`(text: String, value: Int64) {
        #expect(JSONNumber.integer(text.utf8) == value)
    }

    @Test(arguments: others)
    func `What is not an integer of 64 bits is unknown`(text: String) {
        #expect(JSONNumber.integer(text.utf8) == nil)
    }

    @Test(arguments: junk)
    func `What is not a number is unknown, never zero`(text: String) {
        #expect(JSONNumber.integer(text.utf8) == nil)
    }

    @Test
    func `Random spellings of random integers are read exactly`() {
        let seed: UInt64 = 0x6a73_6f6e
        var random = SplitMix64(seed: seed)
        for _ in 0..<5_000 {
            let value = Int64(bitPattern: random.next()) >> Int64.random(in: 0..<63, using: &random)
            let digits = String(value.magnitude)
            let sign = value < 0 ? "-" : ""
            let point = Int.random(in: 1...digits.count, using: &random)
            let zeros = String(repeating: "0", count: Int.random(in: 0..<4, using: &random))
            let exponent = digits.count - point
            let fraction = digits.dropFirst(point) + zeros
            let mantissa = fraction.isEmpty ? digits : "\(digits.prefix(point)).\(fraction)"
            let spelled = "\(sign)\(mantissa)\(Bool.random(using: &random) ? "e" : "E")\(exponent)"
            #expect(JSONNumber.integer(spelled.utf8) == value, "\(spelled), seed \(seed)")
            #expect(JSONNumber.integer("\(value)".utf8) == value)
        }
    }

    @Test
    func `Random decimals agree with Decimal`() {
        let seed: UInt64 = 0x6465_63
        var random = SplitMix64(seed: seed)
        for _ in 0..<5_000 {
            let digits = (0..<Int.random(in: 1...12, using: &random)).map { _ in
                "\(Int.random(in: 0...9, using: &random))"
            }
            var text = digits.joined()
            if Bool.random(using: &random) { text += ".\(Int.random(in: 0...999, using: &random))" }
            if Bool.random(using: &random) { text += "e\(Int.random(in: -8...4, using: &random))" }
            guard let decimal = Decimal(string: text) else { continue }
            var source = decimal
            var rounded = Decimal()
            NSDecimalRound(&rounded, &source, 0, .plain)
            let expected: Int64? = rounded == decimal ? NSDecimalNumber(decimal: decimal).int64Value : nil
            #expect(JSONNumber.integer(text.utf8) == expected, "\(text), seed \(seed)")
        }
    }
}
