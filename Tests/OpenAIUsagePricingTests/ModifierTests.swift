import OpenAIUsage
import Testing

@testable import OpenAIUsagePricing

/// Each modifier of a price, and pairs of them; the amounts were worked out by hand from the published prices.
struct ModifierTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var call: TestCall
        var expected: String

        init(_ name: String, _ expected: String, _ change: (inout TestCall) -> Void) {
            self.name = name
            self.expected = expected
            var call = TestCall()
            call.usage = [.inputTokens: 10_000, .outputTokens: 1000]
            change(&call)
            self.call = call
        }

        var testDescription: String { name }
    }

    // gpt-6.1-sol: 2 in, 0.1 cached, 2.5 and 5 written, 10 out; priority twice that; ultrafast 12, 0.6, 15, 30, 60;
    // batch and flex half; long context 4, 0.2, 5, 10, 15; regional 1.1.
    static let singles: [Case] = [
        Case("none", "0.03") { _ in },
        Case("priority", "0.06") { $0.tier = "priority" },
        Case("fast", "0.06") { $0.tier = "fast" },
        Case("ultrafast", "0.18") { $0.tier = "ultrafast" },
        Case("flex", "0.015") { $0.tier = "flex" },
        Case("batch", "0.015") { $0.tier = "batch" },
        Case("batch endpoint", "0.015") {
            $0.endpoint = "batches.retrieve"
            $0.tier = "default"
        },
        Case("standard", "0.03") { $0.tier = "standard" },
        Case("auto", "0.03") { $0.tier = "auto" },
        Case("empty", "0.03") { $0.tier = "" },
        Case("scale", "0.03") { $0.tier = "scale" },
        Case("requested only", "0.06") { $0.requestedTier = "priority" },
        Case("downgraded", "0.03") {
            $0.requestedTier = "priority"
            $0.tier = "default"
        },
        Case("cached", "0.0224") { $0.usage[.cachedInputTokens] = 4000 },
        Case("written", "0.032") { $0.usage[.cacheWriteTokens] = 4000 },
        Case("written for 30 minutes", "0.032") { $0.usage[.cacheWrite30MinuteTokens] = 4000 },
        Case("written for 12 hours", "0.039") {
            $0.usage[.cacheWriteTokens] = 4000
            $0.usage[.cacheWrite12HourTokens] = 2800
        },
        Case("long", "1.103004") { $0.usage[.inputTokens] = 272_001 },
        Case("just short", "0.554") { $0.usage[.inputTokens] = 272_000 },
        Case("region", "0.033") { $0.host = "eu.api.openai.com" },
        Case("region in capitals, with a port", "0.033") { $0.host = "EU.api.OpenAI.com:443" },
        Case("window of 2 hours", "0.021") { $0.window = "2h" },
        Case("window of 8 hours", "0.018") { $0.window = "8h" },
        Case("soonest", "0.03") { $0.window = "soonest" },
        Case("reasoning", "0.03") { $0.usage[.reasoningTokens] = 900 },
        Case("rejected predictions", "0.03") { $0.usage[.rejectedPredictionTokens] = 100 },
        Case("no output", "0.02") { $0.usage[.outputTokens] = 0 },
        Case("nothing", "0") { $0.usage = [.inputTokens: 0, .outputTokens: 0] },
    ]

    static let pairs: [Case] = [
        Case("priority, cached", "0.0448") {
            $0.tier = "priority"
            $0.usage[.cachedInputTokens] = 4000
        },
        Case("priority, written for 12 hours", "0.084") {
            $0.tier = "fast"
            $0.usage[.cacheWrite12HourTokens] = 4000
        },
        Case("priority, long", "2.206008") {
            $0.tier = "priority"
            $0.usage[.inputTokens] = 272_001
        },
        Case("priority, region", "0.066") {
            $0.tier = "priority"
            $0.host = "us.api.openai.com"
        },
        Case("ultrafast, long", "6.618024") {
            $0.tier = "ultrafast"
            $0.usage[.inputTokens] = 272_001
        },
        Case("flex, cached", "0.0112") {
            $0.tier = "flex"
            $0.usage[.cachedInputTokens] = 4000
        },
        Case("batch, long", "0.551502") {
            $0.tier = "batch"
            $0.usage[.inputTokens] = 272_001
        },
        Case("batch, region", "0.0165") {
            $0.tier = "batch"
            $0.host = "jp.api.openai.com"
        },
        Case("cached, written", "0.0234") {
            $0.usage[.cachedInputTokens] = 4000
            $0.usage[.cacheWriteTokens] = 2000
        },
        Case("long by what is cached", "0.0694002") {
            $0.usage[.inputTokens] = 272_001
            $0.usage[.cachedInputTokens] = 272_001
        },
        Case("long, written", "1.375005") {
            $0.usage[.inputTokens] = 272_001
            $0.usage[.cacheWriteTokens] = 272_001
        },
        Case("long, region", "1.2133044") {
            $0.usage[.inputTokens] = 272_001
            $0.host = "eu.api.openai.com"
        },
        Case("long, window", "0.7721028") {
            $0.usage[.inputTokens] = 272_001
            $0.window = "2h"
        },
        Case("region, cached", "0.02464") {
            $0.host = "eu.api.openai.com"
            $0.usage[.cachedInputTokens] = 4000
        },
        Case("region, window", "0.0231") {
            $0.host = "eu.api.openai.com"
            $0.window = "2h"
        },
        Case("window, cached", "0.01568") {
            $0.window = "2h"
            $0.usage[.cachedInputTokens] = 4000
        },
        Case("scale, region", "0.033") {
            $0.tier = "scale"
            $0.host = "eu.api.openai.com"
        },
        Case("soonest, priority", "0.06") {
            $0.window = "soonest"
            $0.tier = "priority"
        },
    ]

    // gpt-realtime-2.1: text 4, cached 0.4, out 24; audio 32, cached 0.4, out 64; image 5, cached 0.5; regional 1.1.
    static let modalities: [Case] = [
        Case("audio", "0.00972") {
            $0.model = "gpt-realtime-2.1"
            // 50 at 4, 150 at 32, 42 at 24, 58 at 64.
            $0.usage = [.inputTokens: 200, .audioInputTokens: 150, .outputTokens: 100, .audioOutputTokens: 58]
        },
        Case("cached audio", "0.003104") {
            $0.model = "gpt-realtime-2.1"
            // 50 at 4, 90 at 32, 60 at 0.4.
            $0.usage = [
                .inputTokens: 200, .audioInputTokens: 150, .cachedInputTokens: 60, .cachedAudioInputTokens: 60,
                .outputTokens: 0,
            ]
        },
        Case("image, cached image", "0.000595") {
            $0.model = "gpt-realtime-2.1"
            // 10 at 4, 110 at 5, 10 at 0.5.
            $0.usage = [
                .inputTokens: 130, .imageInputTokens: 120, .cachedInputTokens: 10, .cachedImageInputTokens: 10,
                .outputTokens: 0,
            ]
        },
        Case("audio, region", "0.003872") {
            $0.model = "gpt-realtime-2.1"
            $0.host = "eu.api.openai.com"
            $0.usage = [.inputTokens: 110, .audioInputTokens: 110, .outputTokens: 0]
        },
        Case("region without uplift", "0.00352") {
            $0.model = "gpt-realtime-2"
            $0.host = "eu.api.openai.com"
            $0.usage = [.inputTokens: 110, .audioInputTokens: 110, .outputTokens: 0]
        },
        Case("cached audio at the price of cached text", "0.000003") {
            $0.model = "gpt-4o-mini-realtime-preview-2024-12-17"
            $0.usage = [
                .inputTokens: 10, .audioInputTokens: 10, .cachedInputTokens: 10, .cachedAudioInputTokens: 10,
                .outputTokens: 0,
            ]
        },
        Case("output of an image model", "0.03") {
            $0.model = "gpt-image-2"
            $0.usage = [.inputTokens: 0, .outputTokens: 1000]
        },
        Case("text and image of an image model", "0.021") {
            $0.model = "gpt-image-1.5"
            $0.usage = [.inputTokens: 0, .outputTokens: 1000, .imageOutputTokens: 500]
        },
        Case("output of a speech model", "0.0126") {
            $0.model = "gpt-4o-mini-tts"
            $0.usage = [.inputTokens: 1000, .outputTokens: 1000]
        },
        Case("cached input of a batch without that price", "0.0000225") {
            $0.model = "gpt-4o-mini"
            $0.tier = "batch"
            $0.usage = [.inputTokens: 300, .cachedInputTokens: 128, .outputTokens: 0]
        },
        Case("decision", "0.00001") {
            $0.model = "gpt-6-luna"
            $0.endpoint = "decisions"
            $0.usage = [.inputTokens: 100, .outputTokens: 100]
        },
        Case("long decision", "0.0544002") {
            $0.model = "gpt-6-luna"
            $0.endpoint = "decisions"
            $0.usage = [.inputTokens: 272_001, .outputTokens: 100]
        },
        Case("moderation", "0") {
            $0.model = "omni-moderation-latest"
            $0.usage = [.inputTokens: 100]
        },
    ]

    @Test(arguments: singles + pairs + modalities)
    func isPricedExactly(_ item: Case) {
        let cost = PriceBook.bundled.cost(of: item.call.record)
        #expect(cost.picoUSD.map { Money(picoUSD: $0).description } == item.expected)
        #expect(cost.status == .exact)
        #expect(cost.reason == (item.call.tier == "scale" ? "scale_tier" : nil))
    }

    @Test func everyFallbackIsToldInTheExplanation() throws {
        var call = TestCall(model: "gpt-4o-mini", tier: "batch")
        call.usage = [.inputTokens: 300, .cachedInputTokens: 128]
        let lines = PriceBook.bundled.explanation(of: call.record).lines
        #expect(lines.map(\.item) == ["input", "cached_input"])
        #expect(lines.map(\.billedAs) == [nil, "input"])
        #expect(lines.map(\.price.description) == ["0.075", "0.075"])
    }

    @Test func theExplanationNamesWhatChangedThePrice() throws {
        var call = TestCall(host: "eu.api.openai.com", window: "8h")
        call.usage = [.inputTokens: 300_000, .cachedInputTokens: 100_000, .outputTokens: 10]
        let explanation = PriceBook.bundled.explanation(of: call.record)
        #expect(explanation.model == "gpt-6.1-sol")
        #expect(explanation.pricedAs == "gpt-6.1-sol")
        #expect(explanation.tier == "default")
        #expect(explanation.lines.map(\.quantity) == ["200000", "100000", "10"])
        #expect(explanation.lines.map(\.price.description) == ["4", "0.2", "15"])
        #expect(explanation.lines.map(\.subtotal.description) == ["0.528", "0.0132", "0.000099"])
        let line = try #require(explanation.lines.first)
        #expect(line.modifiers.map(\.name) == ["long_context", "regional_uplift", "background_window"])
        #expect(line.modifiers.map(\.factor) == [nil, "1.1", "0.6"])
        #expect(line.unitsPerPrice == 1_000_000)
        #expect(line.period == "2026-09-29...")
        #expect(line.tier == "default")
        #expect(explanation.gaps.isEmpty)
    }

    @Test(arguments: [
        ("gpt-6.2-sol", "2026-11-17", "ultrafast", "0.09"), ("gpt-6.2-sol", "2027-02-28", "ultrafast", "0.09"),
        ("gpt-6.2-sol", "2027-03-01", "ultrafast", "0.18"), ("o3", "2025-06-09", "default", "0.14"),
        ("o3", "2025-06-10", "default", "0.028"), ("gpt-5.6-sol", "2026-08-20", "default", "0.08"),
        ("gpt-5.6-sol", "2026-08-21", "default", "0.06"), ("gpt-4o", "2024-10-01", "default", "0.065"),
        ("gpt-4o", "2024-10-02", "default", "0.035"),
    ])
    func theDayOfTheCallDecides(model: String, day: String, tier: String, expected: String) {
        var call = TestCall(model: model, tier: tier, day: day)
        call.usage = [.inputTokens: 10_000, .outputTokens: 1000]
        let cost = PriceBook.bundled.cost(of: call.record)
        #expect(cost.picoUSD.map { Money(picoUSD: $0).description } == expected)
    }

    @Test func aPeriodBeginsAndEndsAtMidnightUTC() {
        var record = TestCall(model: "o3", usage: [.inputTokens: 1]).record
        let midnight = TestCall.microseconds("2025-06-10") - 12 * 3_600_000_000
        record.startedAtMicroseconds = midnight - 1
        #expect(PriceBook.bundled.cost(of: record).picoUSD == 10_000_000)
        record.startedAtMicroseconds = midnight
        #expect(PriceBook.bundled.cost(of: record).picoUSD == 2_000_000)
    }
}
