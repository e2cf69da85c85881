import OpenAIUsage
import Testing

@testable import OpenAIUsagePricing

struct BilledUnitsTests {
    @Test(
        arguments: [
            (["audio_seconds": "3.5"], ["audio_input_minute"]), (["session_seconds": "1"], ["session_minute"]),
            (["audio_output_seconds": "1"], ["audio_output_minute"]), (["input_characters": "1"], ["input_character"]),
            (["video_seconds": "\"8\"", "size": "\"720x1280\""], ["video_output_second"]),
            (["images": "1", "size": "\"256x256\""], ["image:standard/256x256"]),
            (["images": "1", "quality": "\"hd\""], ["image:hd/1024x1024"]), (["size": "\"256x256\""], []),
            (["audio_seconds": "null"], []), (["audio_seconds": "true"], []), (["audio_seconds": ""], []),
            (["audio_seconds": "\"\""], []), (["unknown": "1"], []), ([:], []),
            (["audio_seconds": "1", "input_characters": "2"], ["audio_input_minute", "input_character"]),
        ] as [([String: String], [String])]
    )
    func areReadByName(units: [String: String], prices: [String]) {
        #expect(BilledUnits(units).quantities(seconds: TokenUsage()).map(\.price) == prices)
    }

    @Test func theUnitsComeBeforeTheCounters() {
        var usage = TokenUsage()
        usage[.audioSeconds] = 3
        usage[.sessionSeconds] = 4
        let counted = BilledUnits([:]).quantities(seconds: usage)
        #expect(counted.map(\.price) == ["audio_input_minute", "session_minute"])
        #expect(counted.map(\.amount.quantity?.numerator) == [3, 4])
        let exact = BilledUnits(["audio_seconds": "3.25"]).quantities(seconds: usage)
        #expect(exact.first?.amount == DecimalNumber("3.25"))
    }

    @Test(arguments: [
        ("\"720x1280\"", false), ("\"1280x720\"", false), ("\"1792x1024\"", true), ("\"1024x1792\"", true),
        ("\"1920x720\"", true), ("\"720\"", false), ("\"axb\"", false), ("720", false), ("\"1x2x3000\"", false),
    ])
    func aLargeVideoIsSeenByItsSize(size: String, isLarge: Bool) {
        #expect(BilledUnits(["size": size]).isHighResolutionVideo == isLarge)
    }

    @Test(
        arguments: [
            (["container_memory": "\"4g\""], "container.4g", 1),
            (["container_memory": "\"1g\"", "container_windows_min": "3"], "container.1g", 3),
            (["container_memory": "\"1g\"", "container_windows_min": "0.5"], "container.1g", 1),
        ] as [([String: String], String, Int64)]
    )
    func aContainerHasAFee(units: [String: String], tool: String, count: Int64) throws {
        let container = try #require(BilledUnits(units).container)
        #expect(container.tool == tool)
        #expect(container.count == count)
    }

    @Test func withoutItsMemoryThereIsNoContainer() {
        #expect(BilledUnits(["container_windows_min": "3"]).container == nil)
        #expect(BilledUnits(["container_memory": "4"]).container == nil)
    }

    @Test func aSideUsageIsReadUnderItsPrefix() throws {
        let units = BilledUnits([
            "svg.model": "\"gpt-6.1-sol\"", "svg.input_tokens": "10", "svg.output_tokens": "2.0e1",
            "svg.cached_input_tokens": "1.5", "image_generation.input_tokens": "7", "svg.other": "5",
        ])
        let side = try #require(units.sideUsage("svg"))
        #expect(side.model == "gpt-6.1-sol")
        #expect(side.usage.counters.map(\.counter) == [.inputTokens, .outputTokens])
        #expect(side.usage.counters.map(\.value) == [10, 20])
        #expect(units.sideUsage("image_generation")?.model == nil)
        #expect(units.sideUsage("image_generation")?.usage[.inputTokens] == 7)
        #expect(units.sideUsage("audio") == nil)
        #expect(BilledUnits(["svg.model": "\"x\""]).sideUsage("svg") == nil)
        #expect(BilledUnits(["svg.input_tokens": "0", "svg.output_tokens": "0"]).sideUsage("svg") == nil)
        #expect(BilledUnits(["transcription.audio_seconds": "0.0"]).sideSeconds("transcription") == nil)
        #expect(BilledUnits(["transcription.audio_seconds": "0.5"]).sideSeconds("transcription") != nil)
    }
}
