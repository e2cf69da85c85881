import OpenAIUsage
import Testing

@testable import OpenAIUsagePricing

/// A side that costs money and was not reported is a gap, never a zero; the default model has $2 and $10 a million.
struct MissingUsageTests {
    private static func explanation(
        _ usage: [TokenCounter: Int64],
        model: String = "gpt-6.1-sol"
    ) -> PriceExplanation {
        let record = TestCall(model: model, usage: usage).record
        let explanation = PriceBook.bundled.explanation(of: record)
        #expect(PriceBook.bundled.cost(of: record) == explanation.cost)
        return explanation
    }

    @Test(
        arguments: [
            [.totalTokens: 150], [.totalTokens: 150, .cachedInputTokens: 20], [.reasoningTokens: 30],
            [.cachedInputTokens: 20], [.outputTokens: 0], [.inputTokens: 0],
        ] as [[TokenCounter: Int64]]
    )
    func whatTellsNeitherSideIsUnpriced(usage: [TokenCounter: Int64]) {
        let cost = Self.explanation(usage).cost
        #expect(cost.status == .unpriced && cost.picoUSD == nil && cost.reason == .missingUsage)
    }

    @Test func theSideThatIsKnownIsTheKnownPart() {
        let input = Self.explanation([.inputTokens: 1000])
        #expect(input.cost.status == .partial && input.cost.picoUSD == 2_000_000_000)
        #expect(input.cost.reason == .missingUsage && input.gaps.map(\.item) == ["output"])
        let output = Self.explanation([.outputTokens: 100])
        #expect(output.cost.status == .partial && output.cost.picoUSD == 1_000_000_000)
        #expect(output.cost.reason == .missingUsage && output.gaps.map(\.item) == ["input"])
    }

    @Test func aModelThatMakesNoTokensNeedsNoOutput() {
        let cost = Self.explanation([.inputTokens: 1000], model: "text-embedding-3-small").cost
        #expect(cost.status == .exact && cost.picoUSD == 20_000_000)
    }

    @Test func aSideThatIsFreeNeedNotBeKnown() throws {
        let free = TestBook.model("free-output", #"{"default": {"input": "1", "output": "0"}}"#)
        let book = try PriceBook(json: TestBook.json(models: free))
        let cost = book.cost(of: TestCall(model: "free-output", usage: [.inputTokens: 1000]).record)
        #expect(cost.status == .exact && cost.picoUSD == 1_000_000_000)
    }

    @Test(
        arguments: [
            // NumberFormat as xAI and Gemini's compatible endpoint give them, made anew.
            ([.inputTokens: 12, .outputTokens: 1, .reasoningTokens: 386, .totalTokens: 399], "387"),
            ([.inputTokens: 21, .outputTokens: 0, .reasoningTokens: 60, .totalTokens: 81], "60"),
            ([.inputTokens: 21, .outputTokens: 9, .totalTokens: 90], "69"),
            // The reasoning is a part of the output: nothing is hidden.
            ([.inputTokens: 500, .outputTokens: 500, .reasoningTokens: 200, .totalTokens: 1000], "500"),
            ([.inputTokens: 500, .outputTokens: 500, .reasoningTokens: 200], "500"),
        ] as [([TokenCounter: Int64], String)]
    )
    func whatOnlyTheTotalTellsIsOutput(usage: [TokenCounter: Int64], billed: String) throws {
        let explanation = Self.explanation(usage)
        #expect(explanation.cost.status == .exact)
        let output = explanation.lines.filter { $0.item.hasSuffix("output") }
        #expect(output.compactMap { Int64($0.quantity) }.reduce(0, +) == Int64(billed))
        let amount = try #require(Int64(billed)) * 10_000_000 + (usage[.inputTokens] ?? 0) * 2_000_000
        #expect(explanation.cost.picoUSD == amount)
        let hidden = explanation.lines.first { $0.item == "hidden_output" }
        #expect(hidden.map { $0.billedAs } ?? "output" == "output")
    }

    @Test func reasoningBeyondTheOutputWithoutATotalIsNotExact() {
        let cost = Self.explanation([.inputTokens: 12, .outputTokens: 1, .reasoningTokens: 386]).cost
        #expect(cost.status == .partial && cost.reason == .inconsistentUsage)
    }

    @Test func theMissingSideOfAToolsModelIsAGapToo() {
        var call = TestCall(usage: [.inputTokens: 1000, .outputTokens: 0], toolCalls: ["image_generation": 1])
        call.units = ["image_generation.model": "\"gpt-image-2\"", "image_generation.input_tokens": "100"]
        let cost = PriceBook.bundled.cost(of: call.record)
        #expect(cost.status == .partial && cost.reason == .missingUsage)
    }

    @Test(arguments: [
        ["cf-aig-cache-status": "HIT"], ["helicone-cache": "HIT"], ["x-litellm-cache-key": "8f1c"],
        ["x-portkey-cache-status": "HIT"],
    ])
    func whatACacheAnsweredIsNotPricedAndSaysWhy(diagnostics: [String: String]) {
        var call = TestCall(usage: [.inputTokens: 1000, .outputTokens: 100], toolCalls: ["web_search": 1])
        call.providerCost = "0.5"
        call.diagnostics = diagnostics
        #expect(PriceBook.bundled.cost(of: call.record) == CallCost(status: .none, reason: .answeredByCache))
        #expect(PriceBook.bundled.explanation(of: call.record).lines.isEmpty)
    }

    @Test(arguments: [["cf-aig-cache-status": "MISS"], ["helicone-cache": "MISS"], ["cf-ray": "HIT"]])
    func whatACacheDidNotAnswerIsPriced(diagnostics: [String: String]) {
        var call = TestCall(usage: [.inputTokens: 1000, .outputTokens: 100])
        call.diagnostics = diagnostics
        #expect(PriceBook.bundled.cost(of: call.record).picoUSD == 3_000_000_000)
    }
}
