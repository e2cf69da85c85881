import OpenAIUsageTestSupport
import Testing

@testable import OpenAIUsageMetrics

@Suite("Texts of floating-point numbers")
struct FloatTextTests {
    @Test(
        "A bound is written as Go writes it, with a decimal or an exponent",
        arguments: [
            (0, "0.0"), (1, "1.0"), (-1, "-1.0"), (10, "10.0"), (0.1, "0.1"), (0.5, "0.5"), (2.5, "2.5"),
            (0.05, "0.05"), (0.001, "0.001"), (0.0001, "0.0001"), (0.00025, "0.00025"), (0.00005, "5e-05"),
            (0.000123, "0.000123"), (0.0000123, "1.23e-05"), (80, "80.0"), (600, "600.0"), (100_000, "100000.0"),
            (999_999, "999999.0"), (1_000_000, "1e+06"), (1_048_576, "1.048576e+06"), (1_234_567.5, "1.2345675e+06"),
            (123_456.789, "123456.789"), (1e10, "1e+10"), (1e16, "1e+16"), (1e21, "1e+21"), (1e100, "1e+100"),
            (1.5e300, "1.5e+300"), (.leastNonzeroMagnitude, "5e-324"), (1e-10, "1e-10"), (.infinity, "+Inf"),
            (-.infinity, "-Inf"),
            (1.0 / 3, "0.3333333333333333"), (2.0 / 3 * 1e7, "6.666666666666666e+06"),
            (0.1 + 0.2, "0.30000000000000004"),
            (-0.00005, "-5e-05"), (1.7976931348623157e308, "1.7976931348623157e+308"), (-2.5, "-2.5"),
        ] as [(Double, String)]
    )
    func canonical(_ value: Double, _ text: String) {
        #expect(FloatText.canonical(value) == text)
    }

    @Test(
        "A value that is whole has no decimals up to 2^53",
        arguments: [
            (0, "0"), (-0.0, "0"), (1, "1"), (-3, "-3"), (1_000_000, "1000000"), (1_795_425_300, "1795425300"),
            (9_007_199_254_740_992, "9007199254740992"), (9_007_199_254_740_994, "9.007199254740994e+15"),
            (-9_007_199_254_740_992, "-9007199254740992"), (0.25, "0.25"), (1.5e9 + 0.25, "1.50000000025e+09"),
            (.infinity, "+Inf"), (-.infinity, "-Inf"), (1e300, "1e+300"), (0.000_01, "1e-05"),
        ] as [(Double, String)]
    )
    func value(_ value: Double, _ text: String) {
        #expect(FloatText.value(value) == text)
    }

    @Test("No number is written as such")
    func notANumber() {
        #expect(FloatText.value(.nan) == "NaN")
        #expect(FloatText.canonical(.nan) == "NaN")
        #expect(FloatText.canonical(-0.0) == "-0.0")
    }

    @Test("Every text reads back as its number", arguments: [1, 2, 3] as [UInt64])
    func roundTrip(_ seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<20_000 {
            let value = Double(bitPattern: random.next())
            guard value.isFinite else { continue }
            #expect(Double(FloatText.canonical(value)) == value, "seed \(seed)")
            #expect(Double(FloatText.value(value)) == value, "seed \(seed)")
        }
    }

    @Test("A latency reads back as its number, and its text is the shortest")
    func latencies() {
        var random = SplitMix64(seed: 7)
        for _ in 0..<20_000 {
            let value = Double(Int64.random(in: 0..<700_000_000, using: &random)) / 1e6
            let text = FloatText.value(value)
            #expect(Double(text) == value)
            #expect(text.utf8.count <= value.description.utf8.count + 4)
        }
    }
}
