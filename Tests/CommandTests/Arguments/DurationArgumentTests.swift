import OpenAIUsageLedger
import Testing

@testable import oai_usage

struct DurationArgumentTests {
    @Test(arguments: [
        ("300ms", 300), ("5s", 5_000), ("10m", 600_000), ("24h", 86_400_000), ("7d", 604_800_000),
        ("2w", 1_209_600_000), ("0s", 0), ("1.5h", 5_400_000), ("0.25s", 250), ("30min", 1_800_000),
    ])
    func `A length of time is read in its unit`(text: String, milliseconds: Int64) {
        #expect(DurationArgument(argument: text)?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        "", "5", "s", "5 s", "-5s", "5y", "1.h", ".5h", "0.0001s", "1.5ms", "5sm", "99999999999999999999d", "٣d",
    ])
    func `Anything else is refused`(text: String) {
        #expect(DurationArgument(argument: text) == nil)
    }
}
