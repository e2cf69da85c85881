import OpenAIUsageLedger
import Testing

@testable import oai_usage

struct FigureTests {
    @Test
    func `Only zero has the lowest bar`() {
        #expect(Sparkline(values: [0, 1, 50, 100, nil]).text() == "▁▂▅█?")
        #expect(Sparkline(values: [0, 1, 50, 100, nil]).text(isPlain: true) == "_.=#?")
        #expect(Sparkline(values: [0, 0]).text() == "▁▁")
        #expect(Sparkline(values: []).text().isEmpty)
    }

    @Test(
        arguments: [
            (0, 10, "0%"), (10, 10, "100%"), (1, 3, "33.3%"), (1, 100_000, "<0.1%"), (99_999, 100_000, ">99.9%"),
            (1, 8, "12.5%"),
        ] as [(Int128, Int128, String)]
    )
    func `A share is rounded, but never to nothing or to the whole`(part: Int128, whole: Int128, expected: String) {
        #expect(Share(part, of: whole)?.text == expected)
    }

    @Test
    func `There is no share of nothing or of something unknown`() {
        #expect(Share(1, of: 0) == nil)
        #expect(Share(nil, of: 1) == nil)
        #expect(Share(1, of: nil) == nil)
        #expect(Share(403, of: 1_000)?.decimal == "0.403")
    }

    @Test
    func `A column of money has one scale`() {
        let dollars = MoneyScale([12_340_000_000_000, 1_000_000, nil])
        #expect(dollars.text(12_340_000_000_000) == "$12.34")
        #expect(dollars.text(1_000_000) == "<$0.01")
        #expect(dollars.text(-1_000_000) == "-<$0.01")
        #expect(dollars.text(0) == "$0.00")
        #expect(dollars.text(nil) == "-")
        #expect(dollars.text(1_234_567_890_000_000_000) == "$1,234,567.89")
        #expect(MoneyScale([52_300_000_000]).text(52_300_000_000) == "$0.0523")
        #expect(MoneyScale([52_300_000_000, 1_230_000_000]).text(52_300_000_000) == "$0.05230")
        #expect(MoneyScale([500_000_000_000]).text(500_000_000_000) == "$0.5000")
        #expect(MoneyScale([]).text(0) == "$0.00")
    }

    @Test(
        arguments: [
            (0, "0"), (9_999, "9,999"), (10_000, "10.0K"), (601_006, "601K"), (999_999, "1.00M"), (3_402_112, "3.40M"),
            (1_050_000_000, "1.05B"), (7_000_000_000_000_000, "7,000T"),
        ] as [(Int128, String)]
    )
    func `A large number has three digits`(value: Int128, expected: String) {
        #expect(NumberFormat.compact(value) == expected)
    }
}
