import OpenAIUsageLedger
import Testing

@testable import oai_usage

struct ByteCountTests {
    @Test(arguments: [
        ("0", 0, "0"), ("65536", 65_536, "64KiB"), ("64KiB", 65_536, "64KiB"), ("64k", 65_536, "64KiB"),
        ("10MB", 10_000_000, "10000000"), ("1GiB", 1 << 30, "1GiB"), ("1500B", 1_500, "1500"), ("3M", 3 << 20, "3MiB"),
    ])
    func `Sizes are read and written`(text: String, value: Int, written: String) {
        #expect(ByteCount(argument: text)?.value == value)
        #expect(ByteCount(value).defaultValueDescription == written)
    }

    @Test(arguments: [
        "", "KiB", "-1", "1.5MiB", "64 KiB", "64kib", "9223372036854775807KiB", "99999999999999999999", "1TB",
    ])
    func `What is not a size is none`(text: String) {
        #expect(ByteCount(argument: text) == nil)
    }

    @Test(arguments: [("90s", "90s"), ("60s", "1m"), ("48h", "2d"), ("1500ms", "1500ms"), ("0s", "0s"), ("2w", "14d")])
    func `Times are written in their largest whole unit`(text: String, written: String) {
        #expect(DurationArgument(argument: text)?.defaultValueDescription == written)
    }
}
