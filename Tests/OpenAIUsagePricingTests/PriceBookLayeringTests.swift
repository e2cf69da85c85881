import OpenAIUsage
import Testing

@testable import OpenAIUsagePricing

struct PriceBookLayeringTests {
    private static let call = TestCall(model: "gpt-4o-mini", usage: [.inputTokens: 1_000_000])

    private func layered(_ models: String, tools: String = "", rules: String = "{}") throws -> PriceBook {
        PriceBook.bundled.layered(with: try PriceBook(json: TestBook.json(models: models, tools: tools, rules: rules)))
    }

    @Test func theOverrideWinsWithAllNamesOfItsModel() throws {
        let book = try layered(TestBook.model("gpt-4o-mini", #"{"default": {"input": "1", "output": "2"}}"#))
        #expect(book.cost(of: Self.call.record).picoUSD == 1_000_000_000_000)
        var call = Self.call
        call.model = "gpt-4o-mini-2024-07-18"
        #expect(book.cost(of: call.record).picoUSD == 1_000_000_000_000)
        call.model = "gpt-4o"
        #expect(book.cost(of: call.record).picoUSD == PriceBook.bundled.cost(of: call.record).picoUSD)
        #expect(book.models.count == PriceBook.bundled.models.count)
    }

    @Test func namesThatTheOverrideDoesNotRepeatAreItsToo() throws {
        let model =
            #"{"id": "gpt-x", "ids": ["gpt-x", "other-name"], "kind": "text", "periods": "#
            + #"[{"from": null, "to": null, "per_1m": {"default": {"input": "1"}}}]}"#
        let base = try PriceBook(json: TestBook.json(models: model))
        let override = try PriceBook(
            json: TestBook.json(models: TestBook.model("gpt-x", #"{"default": {"input": "3"}}"#))
        )
        let book = base.layered(with: override)
        #expect(book.models.map(\.names) == [["gpt-x", "other-name"]])
        #expect(book.model(named: "other-name")?.periods.first?.tiers["default"]?[.input]?.picoUSD == 3_000_000)
    }

    @Test func aNameOfAnotherModelIsTakenOver() throws {
        let book = try layered(TestBook.model("gpt-4o-mini-2024-07-18", #"{"default": {"input": "1"}}"#))
        #expect(book.model(named: "gpt-4o-mini")?.names == ["gpt-4o-mini"])
        #expect(book.model(named: "gpt-4o-mini-2024-07-18")?.isOverride == true)
        #expect(book.cost(of: Self.call.record).picoUSD == 150_000_000_000)
        let other = try layered(
            #"{"id": "mine", "ids": ["mine", "gpt-5"], "kind": "text", "periods": "#
                + #"[{"from": null, "to": null, "per_1m": {"default": {"input": "1"}}}]}"#
        )
        #expect(other.model(named: "gpt-5")?.id == "mine")
        #expect(other.model(named: "gpt-5-2025-08-07")?.id == "gpt-5-2025-08-07")
        #expect(other.model(named: "gpt-5-2025-08-07")?.periods.first?.tiers["default"]?[.input]?.picoUSD == 1_250_000)
    }

    @Test func theVersionNamesBoth() throws {
        let override = try PriceBook(json: TestBook.json())
        let book = PriceBook.bundled.layered(with: override)
        #expect(book.version == "\(PriceBook.bundled.version)+\(override.contentHash.prefix(8))")
        #expect(book.contentHash != PriceBook.bundled.contentHash)
        #expect(book.cost(of: Self.call.record).priceVersion == book.version)
        #expect(book.layered(with: override).version == "\(book.version)+\(override.contentHash.prefix(8))")
    }

    @Test func rulesThatAreNotStatedRemain() throws {
        let book = try layered(TestBook.model("mine", #"{"default": {"input": "1"}}"#))
        #expect(book.rules == PriceBook.bundled.rules)
        var call = Self.call
        call.model = "mine"
        call.usage = [.inputTokens: 10, .cachedInputTokens: 4]
        #expect(book.cost(of: call.record).picoUSD == 10_000_000)
        let other = try layered("", rules: #"{"background_window": {"1h": "0.9"}}"#)
        #expect(other.rules.backgroundWindows?.keys.sorted() == ["1h"])
        #expect(other.rules.tierAliases == PriceBook.bundled.rules.tierAliases)
    }

    @Test func anOverrideHoldsAtEveryHost() throws {
        let book = try layered(TestBook.model("llama-3.3-70b", #"{"default": {"input": "0", "output": "0"}}"#))
        var call = TestCall(model: "llama-3.3-70b", host: "api.groq.com", usage: [.inputTokens: 10, .outputTokens: 1])
        #expect(book.cost(of: call.record).picoUSD == 0)
        #expect(book.cost(of: call.record).status == .exact)
        call.model = "gpt-4o"
        #expect(book.cost(of: call.record).reason == "other_provider")
    }

    @Test func toolsAreOverridden() throws {
        let fee =
            #"{"id": "web_search", "unit": "call", "periods": [{"from": null, "to": null, "price": "0.5"}]}"#
        let book = try layered("", tools: fee)
        let call = TestCall(usage: [.inputTokens: 0], toolCalls: ["web_search": 1, "file_search": 1])
        #expect(book.cost(of: call.record).picoUSD == 502_500_000_000)
        #expect(book.tools.count == PriceBook.bundled.tools.count)
    }
}
