import OpenAIUsage
import Testing

@testable import OpenAIUsagePricing

/// An explanation tells everything that went into a cost, and what could not.
struct PriceExplanationTests {
    private static let tokens: [TokenCounter: Int64] = [.inputTokens: 1000, .outputTokens: 100]

    private static func explain(_ change: (inout TestCall) -> Void) -> PriceExplanation {
        var call = TestCall()
        call.usage = tokens
        change(&call)
        return PriceBook.bundled.explanation(of: call.record)
    }

    @Test func aLineOfTokensIsComplete() throws {
        let explanation = Self.explain {
            $0.model = "openai/gpt-5.4-2026-03-05"
            $0.tier = "fast"
            $0.host = "eu.api.openai.com"
            $0.usage = [.outputTokens: 100]
        }
        let line = PriceExplanation.Line(
            part: .model,
            item: "output",
            model: "gpt-5.4",
            quantity: "100",
            unit: "token",
            price: Money(picoUSD: 30_000_000_000_000),
            unitsPerPrice: 1_000_000,
            billedAs: nil,
            tier: "priority",
            period: "2026-03-05...",
            modifiers: [PriceExplanation.Modifier(name: "regional_uplift", factor: "1.1")],
            subtotal: Money(picoUSD: 3_300_000_000)
        )
        #expect(explanation.lines == [line])
        #expect(explanation.model == "openai/gpt-5.4-2026-03-05")
        #expect(explanation.pricedAs == "gpt-5.4")
        #expect(explanation.tier == "priority")
        #expect(explanation.cost.picoUSD == 3_300_000_000)
    }

    @Test func aLineOfAToolIsComplete() throws {
        let explanation = Self.explain {
            $0.toolCalls = ["file_search": 3]
            $0.usage = [.inputTokens: 0]
        }
        let line = PriceExplanation.Line(
            part: .tool,
            item: "file_search",
            model: nil,
            quantity: "3",
            unit: "call",
            price: Money(picoUSD: 2_500_000_000),
            unitsPerPrice: 1,
            billedAs: nil,
            tier: nil,
            period: "any day",
            modifiers: [],
            subtotal: Money(picoUSD: 7_500_000_000)
        )
        #expect(explanation.lines == [line])
    }

    @Test func aLineOfAnEstimateSaysSo() throws {
        let explanation = Self.explain {
            $0.model = "gpt-4o-transcribe"
            $0.usage = [:]
            $0.units = ["audio_seconds": "7.50"]
            $0.state = .reported
        }
        let line = PriceExplanation.Line(
            part: .model,
            item: "audio_input_minute",
            model: "gpt-4o-transcribe",
            quantity: "7.5",
            unit: "second",
            price: Money(picoUSD: 6_000_000_000),
            unitsPerPrice: 60,
            billedAs: nil,
            tier: nil,
            period: "any day",
            modifiers: [PriceExplanation.Modifier(name: "estimate", factor: nil)],
            subtotal: Money(picoUSD: 750_000_000)
        )
        #expect(explanation.lines == [line])
        #expect(
            explanation.gaps == [
                PriceExplanation.Gap(item: "audio_input_minute", quantity: nil, reason: "estimate")
            ]
        )
    }

    @Test func linesStandInTheOrderOfTheMeters() {
        let explanation = Self.explain {
            $0.model = "gpt-realtime-2.1"
            $0.usage = [
                .inputTokens: 100, .cachedInputTokens: 30, .cachedAudioInputTokens: 10, .cachedImageInputTokens: 5,
                .audioInputTokens: 40, .imageInputTokens: 20, .outputTokens: 9, .audioOutputTokens: 4,
            ]
        }
        #expect(
            explanation.lines.map(\.item) == [
                "input", "cached_input", "audio_input", "cached_audio_input", "image_input", "cached_image_input",
                "output", "audio_output",
            ]
        )
        // Of 40 audio tokens 10 were cached, of 20 image tokens 5, and 15 of text; 100 less these 75 is fresh text.
        #expect(explanation.lines.map(\.quantity) == ["25", "15", "30", "10", "15", "5", "5", "4"])
    }

    @Test func theModelsLinesComeBeforeThoseOfTools() {
        let explanation = Self.explain {
            $0.model = "gpt-4o-mini"
            $0.toolCalls = ["web_search": 1, "file_search": 1, "container.1g": 1]
        }
        #expect(
            explanation.lines.map(\.item) == ["input", "output", "container.1g", "file_search", "web_search", "input"]
        )
        #expect(explanation.lines.map(\.part) == [.model, .model, .tool, .tool, .tool, .tool])
        #expect(explanation.lines.last?.quantity == "8000")
    }

    @Test(arguments: [
        ("gpt-9", "default", PriceExplanation.Gap(item: "gpt-9", quantity: nil, reason: "unknown_model")),
        ("gpt-5", "warp", PriceExplanation.Gap(item: "warp", quantity: nil, reason: "unknown_tier")),
        (
            "text-embedding-3-small", "default",
            PriceExplanation.Gap(item: "output", quantity: "100", reason: "missing_meter")
        ),
        ("sora-2", "default", PriceExplanation.Gap(item: "sora-2", quantity: nil, reason: "missing_period")),
        ("whisper-1", "default", PriceExplanation.Gap(item: "token", quantity: nil, reason: "missing_meter")),
    ])
    func aGapTellsWhatIsMissing(model: String, tier: String, gap: PriceExplanation.Gap) {
        let explanation = Self.explain {
            $0.model = model
            $0.tier = tier
        }
        #expect(explanation.gaps == [gap])
        #expect(explanation.cost.reason == gap.reason)
    }

    @Test func everyGapIsListedAndTheFirstIsTheReason() {
        let explanation = Self.explain {
            $0.tier = "warp"
            $0.toolCalls = ["teleport": 2, "code_interpreter": 1]
        }
        #expect(explanation.gaps.map(\.reason) == ["unknown_tier", "unknown_tool", "unknown_tool"])
        #expect(explanation.gaps.map(\.item) == ["warp", "code_interpreter", "teleport"])
        #expect(explanation.gaps.map(\.quantity) == [nil, "1", "2"])
        #expect(explanation.cost.reason == "unknown_tier")
        #expect(explanation.cost.status == .unpriced)
    }

    @Test func whatCostsNothingHasNoLines() {
        let free = Self.explain { $0.family = FreeFamily() }
        #expect(free.lines.isEmpty)
        #expect(free.cost.status == .free)
        let none = Self.explain { $0.usage = [:] }
        #expect(none.lines.isEmpty)
        #expect(none.gaps.isEmpty)
        #expect(none.cost.status == .none)
    }

    /// A part of a pico-dollar cannot be stored; each line is rounded by itself.
    @Test func everyLineIsRoundedOnce() throws {
        let model = TestBook.model(
            "gpt-x",
            #"{"default": {"input": "0.001", "output": "0.005"}}"#,
            more: #", "regional_uplift": "1.0005""#
        )
        let book = try PriceBook(json: TestBook.json(models: model))
        var call = TestCall(model: "gpt-x", host: "eu.api.openai.com", usage: [.inputTokens: 1, .outputTokens: 1])
        let explanation = book.explanation(of: call.record)
        // 1000.5 and 5002.5, halves to even.
        #expect(explanation.lines.map(\.subtotal.picoUSD) == [1000, 5002])
        #expect(explanation.cost.picoUSD == 6002)
        call.window = "2h"
        // 700.35 and 3501.75: the multipliers are applied together, not one after the other.
        #expect(book.explanation(of: call.record).lines.map(\.subtotal.picoUSD) == [700, 3502])
        #expect(book.cost(of: call.record).picoUSD == 4202)
    }
}
