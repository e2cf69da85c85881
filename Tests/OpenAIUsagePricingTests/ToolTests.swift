import OpenAIUsage
import Testing

@testable import OpenAIUsagePricing

struct ToolTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var tools: [String: Int64]
        var model = "gpt-6-sol"
        var endpoint = "responses"
        var units: [String: String] = [:]
        var day = "2026-11-23"
        /// The cost of the tools.
        var expected: String
        var reason: CostReason?

        var testDescription: String { "\(model) \(tools.sorted { $0.key < $1.key })" }
    }

    static let cases: [Case] = [
        Case(tools: ["web_search": 3], expected: "0.03"),
        Case(tools: ["web_search": 0], expected: "0"),
        Case(tools: ["file_search": 2], expected: "0.005"),
        Case(tools: ["file_search": 2], endpoint: "vector_stores.search", expected: "0"),
        Case(tools: ["file_search": 2], endpoint: "threads.runs.retrieve", expected: "0"),
        Case(tools: ["mcp": 5, "computer_use": 4, "function": 2, "custom": 1], expected: "0"),
        Case(tools: ["code_interpreter": 2, "container.1g": 1], expected: "0.03"),
        Case(tools: ["code_interpreter": 2, "container.4g": 2, "shell": 1], expected: "0.24"),
        Case(tools: ["container.64g": 1], expected: "1.92"),
        Case(tools: ["container.4g": 1], model: "gpt-4o", day: "2026-03-30", expected: "0", reason: .missingPeriod),
        Case(tools: ["code_interpreter": 1], expected: "0", reason: .unknownTool),
        Case(tools: ["code_interpreter": 1], units: ["container_memory": "\"16g\""], expected: "0.48"),
        Case(
            tools: [:],
            units: ["container_memory": "\"1g\"", "container_windows_min": "3"],
            expected: "0.09"
        ),
        Case(tools: ["teleport": 1], expected: "0", reason: .unknownTool),
        Case(tools: ["teleport": 1, "web_search": 1], expected: "0.01", reason: .unknownTool),
        Case(tools: ["file_search.storage": 1], expected: "0", reason: .unknownTool),
        Case(tools: ["web_search": -1], expected: "0", reason: .inconsistentUsage),
        Case(tools: ["image_generation": 1], expected: "0", reason: .missingUsage),
        Case(tools: ["web_search_preview": 2], model: "o3", expected: "0.02"),
        Case(tools: ["web_search_preview": 2], model: "gpt-4o", expected: "0.05"),
        Case(tools: ["web_search_preview": 1], model: "gpt-6-sol", expected: "0", reason: .unknownTool),
        Case(tools: ["web_search_preview.reasoning": 1], model: "gpt-6-sol", expected: "0.01"),
        Case(tools: ["web_search": 1], model: "gpt-4o-search-preview", endpoint: "chat.completions", expected: "0.025"),
        // The content of a search counts as 8,000 tokens at 0.15.
        Case(tools: ["web_search": 2], model: "gpt-4o-mini-2024-07-18", expected: "0.0224"),
        Case(tools: ["web_search": 1], model: "gpt-4.1-mini", expected: "0.0132"),
        Case(
            tools: ["image_generation": 1],
            units: [
                "image_generation.model": "\"gpt-image-2\"", "image_generation.input_tokens": "60",
                "image_generation.image_input_tokens": "10", "image_generation.output_tokens": "4160",
                "image_generation.image_output_tokens": "4160",
            ],
            expected: "0.12513"
        ),
        Case(
            tools: [:],
            units: ["image_generation.model": "\"gpt-image-99\"", "image_generation.output_tokens": "1"],
            expected: "0",
            reason: .unknownModel
        ),
        Case(tools: [:], units: ["image_generation.output_tokens": "1"], expected: "0", reason: .unknownModel),
        Case(
            tools: [:],
            units: ["svg.model": "\"gpt-6.1-sol\"", "svg.input_tokens": "2500", "svg.output_tokens": "1800"],
            expected: "0.023"
        ),
        Case(
            tools: [:],
            units: [
                "delegated.model": "\"gpt-6.1-sol\"", "delegated.input_tokens": "2500",
                "delegated.output_tokens": "1800",
            ],
            expected: "0.023"
        ),
        Case(
            tools: [:],
            units: ["delegated.model": "null", "delegated.input_tokens": "2500"],
            expected: "0",
            reason: .unknownModel
        ),
        Case(
            tools: [:],
            units: ["transcription.model": "\"whisper-1\"", "transcription.audio_seconds": "3.5"],
            expected: "0.00035"
        ),
        Case(tools: [:], units: ["transcription.audio_seconds": "3"], expected: "0", reason: .unknownModel),
        Case(
            tools: [:],
            units: ["transcription.model": "\"gpt-4o\"", "transcription.audio_seconds": "3"],
            expected: "0",
            reason: .missingPriceItem
        ),
    ]

    @Test(arguments: cases)
    func feesAreCharged(_ item: Case) {
        var call = TestCall(model: item.model, endpoint: item.endpoint, day: item.day)
        call.usage = [.inputTokens: 1000, .outputTokens: 0]
        let without = PriceBook.bundled.cost(of: call.record)
        call.toolCalls = item.tools
        call.units = item.units
        let explanation = PriceBook.bundled.explanation(of: call.record)
        var sum = MoneySum()
        for line in explanation.lines where line.part == .tool { sum += line.subtotal }
        #expect(sum.description == item.expected)
        #expect(explanation.cost.picoUSD == without.picoUSD.map { $0 + Int64(sum.picoUSD) })
        #expect(explanation.cost.status == (item.reason == nil ? .exact : .partial))
        #expect(explanation.cost.reason == item.reason)
        #expect(PriceBook.bundled.cost(of: call.record) == explanation.cost)
    }

    @Test func thinkingTellsThatAModelReasons() {
        var call = TestCall(model: "gpt-6-sol", toolCalls: ["web_search_preview": 1])
        call.usage = [.inputTokens: 0, .outputTokens: 0, .reasoningTokens: 5]
        #expect(PriceBook.bundled.cost(of: call.record).picoUSD == 10_000_000_000)
    }

    @Test func aModelThatSearchesDoesNotReason() {
        var call = TestCall(model: "gpt-4o-search-preview", toolCalls: ["web_search": 1])
        call.usage = [.inputTokens: 0, .outputTokens: 0, .reasoningTokens: 5]
        #expect(PriceBook.bundled.cost(of: call.record).picoUSD == 25_000_000_000)
    }

    @Test func toolsOfACutCallArePartOfItsCost() {
        let call = TestCall(toolCalls: ["web_search": 1], state: .cut)
        let cost = PriceBook.bundled.cost(of: call.record)
        #expect(cost.status == .partial)
        #expect(cost.reason == "missing_usage")
        #expect(cost.picoUSD == 10_000_000_000)
    }

    @Test func aSideUsageHasTheRegionsUpliftButNotTheCallsTier() {
        var call = TestCall(tier: "ultrafast", host: "eu.api.openai.com", window: nil)
        call.usage = [.inputTokens: 0]
        call.units = ["svg.model": "\"gpt-6.1-sol\"", "svg.input_tokens": "1000"]
        #expect(PriceBook.bundled.cost(of: call.record).picoUSD == 2_200_000_000)
    }
}
