import Testing

@testable import oai_usage

struct NumberFormatTests {
    @Test(arguments: [
        (0, "0"), (7, "7"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567"), (-1_234, "-1,234"),
    ])
    func `A count has commas`(value: Int64, text: String) {
        #expect(NumberFormat.count(value) == text)
    }

    @Test
    func `What is not known is a dash`() {
        #expect(NumberFormat.count(Int128?.none) == "-")
        #expect(NumberFormat.dollars(picoUSD: nil) == "-")
        #expect(NumberFormat.time(microseconds: nil) == "-")
    }

    @Test(
        arguments: [
            (0, "$0.00"), (6_750_000, "$0.00000675"), (320_000, "$0.00000032"), (1, "$0.000000000001"),
            (1_000_000_000_000, "$1.00"), (1_234_567_890_000_000, "$1,234.57"), (12_345_678_900_000, "$12.35"),
            (9_999_500_000, "$0.01"), (123_449_999_999, "$0.1234"), (123_450_000_000, "$0.1234"),
            (123_550_000_000, "$0.1236"), (-1_500_000_000_000, "-$1.50"), (999_999_999_999, "$1.00"),
        ] as [(Int128, String)]
    )
    func `Dollars have four significant digits and at least two decimals`(value: Int128, text: String) {
        #expect(NumberFormat.dollars(picoUSD: value) == text)
    }

    @Test(arguments: [
        (0, "0µs"), (999, "999µs"), (1_000, "1.0ms"), (4_466, "4.5ms"), (9_949, "9.9ms"), (9_950, "10ms"),
        (15_820, "16ms"), (812_345, "812ms"), (999_499, "999ms"), (999_500, "1.0s"), (1_250_000, "1.3s"),
        (59_949_999, "59.9s"), (59_950_000, "1m0s"), (61_500_000, "1m2s"), (.max, "153722867280m55s"),
    ])
    func `A time has the unit that suits it`(value: Int64, text: String) {
        #expect(NumberFormat.time(microseconds: value) == text)
    }
}
