import OpenAIUsage
import OpenAIUsageTestSupport
import Testing

@testable import OpenAIUsageMetrics

@Suite("Exact decimal texts")
struct PicoTextTests {
    @Test(
        "A number of millionths of a millionth is written without loss",
        arguments: [
            (0, "0"), (1, "0.000000000001"), (10, "0.00000000001"), (6_750_000, "0.00000675"),
            (1_000_000_000_000, "1"), (1_500_000_000_000, "1.5"), (12_000_000_000_000, "12"),
            (999_999_999_999, "0.999999999999"), (1_000_000_000_001, "1.000000000001"),
            (-6_750_000, "-0.00000675"), (-1_000_000_000_000, "-1"), (100_000_000_000, "0.1"),
            (Int128(Int64.max), "9223372.036854775807"), (Int128(Int64.max) * 1_000_000, "9223372036854.775807"),
            (Int128.max, "170141183460469231731687303.715884105727"),
            (Int128.min, "-170141183460469231731687303.715884105728"),
        ] as [(Int128, String)]
    )
    func decimal(_ pico: Int128, _ text: String) {
        #expect(DecimalText.dollars(picoUSD: pico) == text)
    }

    @Test("Sums never drift", arguments: [11] as [UInt64])
    func sums(_ seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var number = MetricNumber.pico(0)
        var expected: Int128 = 0
        for _ in 0..<100_000 {
            let amount = Int128(Int64.random(in: 0..<10_000_000_000, using: &random))
            let added = number.add(.pico(amount))
            #expect(added)
            expected += amount
        }
        #expect(number == .pico(expected), "seed \(seed)")
    }
}
