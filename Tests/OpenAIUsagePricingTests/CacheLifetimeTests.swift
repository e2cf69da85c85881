import OpenAIUsage
import Testing

@testable import OpenAIUsagePricing

/// What was written to the cache for an hour has a price of its own, or none that is known.
struct CacheLifetimeTests {
    private static func book(_ prices: String) throws -> PriceBook {
        let override = try PriceBook(json: TestBook.json(models: TestBook.model("claude-x", prices), rules: "{}"))
        return PriceBook.bundled.layered(with: override)
    }

    /// 10 to the model, 400 written for five minutes, 600 for an hour, 100 out.
    private static func call(hour: String? = "600") -> TestCall {
        var call = TestCall(
            model: "claude-x",
            host: "api.anthropic.com",
            endpoint: "chat.completions",
            family: ChatFamily()
        )
        call.usage = [.inputTokens: 1010, .cacheWriteTokens: 1000, .outputTokens: 100]
        if let hour { call.units = ["cache_write_1h_tokens": hour] }
        return call
    }

    private static let priced =
        #"{"default": {"input": "3", "cache_write": "3.75", "cache_write_1h": "6", "output": "15"}}"#
    private static let unpriced = #"{"default": {"input": "3", "cache_write": "3.75", "output": "15"}}"#

    @Test
    func `An hour has its own price where the book has one`() throws {
        let book = try Self.book(Self.priced)
        let explanation = book.explanation(of: Self.call().record)
        // 10 at 3, 400 at 3.75, 600 at 6, 100 at 15.
        #expect(explanation.cost.picoUSD == 6_630_000_000 && explanation.cost.status == .exact)
        #expect(explanation.lines.contains { $0.item == "cache_write_1h" && $0.quantity == "600" })
        #expect(book.cost(of: Self.call(hour: nil).record).picoUSD == 5_280_000_000)
    }

    @Test
    func `An hour without a price makes the cost that of the rest`() throws {
        let cost = try Self.book(Self.unpriced).cost(of: Self.call().record)
        #expect(cost.picoUSD == 3_030_000_000 && cost.status == .partial && cost.reason == .missingPriceItem)
        #expect(try Self.book(Self.unpriced).cost(of: Self.call(hour: "0").record).status == .exact)
    }

    @Test
    func `More for an hour than was written at all contradicts itself`() throws {
        let cost = try Self.book(Self.priced).cost(of: Self.call(hour: "1001").record)
        #expect(cost.status == .partial && cost.reason == .inconsistentUsage)
    }

    @Test
    func `The tools of another API have no price here`() throws {
        var call = Self.call(hour: nil)
        call.endpoint = "other"
        call.family = UnknownFamily()
        call.toolCalls = ["web_search": 2]
        let cost = try Self.book(Self.priced).cost(of: call.record)
        #expect(cost.picoUSD == 5_280_000_000 && cost.status == .partial && cost.reason == .unknownTool)
    }
}
