import OpenAIUsage
import Testing

@testable import OpenAIUsagePricing

/// From the bytes of a recorded call to its cost, with nothing made up in between.
struct RecordedCallTests {
    private static func sum(_ explanation: PriceExplanation, _ part: PriceExplanation.Part) -> String {
        var sum = MoneySum()
        for line in explanation.lines where line.part == part { sum += line.subtotal }
        return sum.description
    }

    private static func explanation(_ prefix: String) throws -> PriceExplanation {
        let call = try #require(RecordedCall.all.first { $0.file.hasPrefix(prefix) })
        return PriceBook.bundled.explanation(of: try call.record())
    }

    @Test
    func `The fixtures are there`() {
        #expect(RecordedCall.all.count == 111)
        #expect(RecordedCall.all.count { $0.expected["token_cost_usd"]?.string != nil } == 58)
    }

    @Test(arguments: RecordedCall.all.filter { $0.expected["token_cost_usd"]?.string != nil })
    func `The tokens of a recorded call cost what is expected`(call: RecordedCall) throws {
        let explanation = PriceBook.bundled.explanation(of: try call.record())
        #expect(Self.sum(explanation, .model) == call.expected["token_cost_usd"]?.string)
    }

    @Test(arguments: RecordedCall.all.filter { $0.expected["tool_cost_usd"]?.string != nil })
    func `The tools of a recorded call cost what is expected`(call: RecordedCall) throws {
        let explanation = PriceBook.bundled.explanation(of: try call.record())
        #expect(Self.sum(explanation, .tool) == call.expected["tool_cost_usd"]?.string)
        #expect(explanation.gaps.isEmpty)
    }

    @Test(arguments: RecordedCall.all.filter { $0.expected["provider_cost_usd"]?.string != nil })
    func `A provider's own figure is taken`(call: RecordedCall) throws {
        let cost = PriceBook.bundled.cost(of: try call.record())
        #expect(cost.status == .provider)
        let figures = ["provider_cost_usd", "upstream_cost_usd"].compactMap { call.expected[$0]?.string }
        let sum = figures.compactMap { DecimalNumber($0)?.picoUSD }.reduce(0, +)
        #expect(cost.picoUSD == sum)
    }

    @Test
    func `With a key of the caller's own, what the other provider bills is added`() throws {
        let explanation = try Self.explanation("182-")
        #expect(explanation.lines.map(\.item) == ["provider", "upstream"])
        #expect(explanation.cost.picoUSD == 164_940_000_000 && explanation.cost.status == .provider)
    }

    @Test
    func `An evaluation is priced model by model`() throws {
        let explanation = try Self.explanation("143-")
        #expect(Set(explanation.lines.compactMap(\.model)) == ["gpt-4o-mini", "gpt-4.1"])
        // 150 at 0.15 and 40 at 0.60; 372 at 2, 128 cached at 0.5 and 20 at 8.
        let isCached = explanation.lines.contains { $0.item == "cached_input" && $0.quantity == "128" }
        #expect(isCached && explanation.cost.status == .exact)
        #expect(explanation.cost.picoUSD == 1_014_500_000)
    }

    @Test
    func `What a session transcribes and delegates is priced beside it`() throws {
        let live = try Self.explanation("122-")
        #expect(live.lines.contains { $0.part == .tool && $0.model == "gpt-6.1-sol" && $0.item == "output" })
        #expect(live.cost.status == .exact)
        // No event of this session names the model that transcribes.
        let realtime = try Self.explanation("121-")
        #expect(realtime.cost.status == .partial && realtime.cost.reason == "unknown_model")
    }

    /// What the fixtures remark of prices, remark by remark.
    @Test(
        arguments: [
            ("001-", "gpt-4o-mini", "default"), ("003-", nil, "priority"), ("007-", nil, "flex"),
            ("008-", nil, "default"),
            ("012-", "ft:gpt-4.1-mini-2025-04-14", "default"), ("077-", nil, "ultrafast"),
            ("090-", "gpt-3.5-turbo-instruct", "default"), ("130-", nil, "batch"), ("146-", "gpt-6-luna", "decisions"),
        ] as [(String, String?, String)]
    )
    func `The model and the tier that served are the ones that are priced`(
        prefix: String,
        model: String?,
        tier: String
    ) throws {
        let explanation = try Self.explanation(prefix)
        #expect(explanation.tier == tier)
        if let model { #expect(explanation.pricedAs == model) }
    }

    @Test
    func `Rejected predictions are priced as output, once`() throws {
        let explanation = try Self.explanation("005-")
        #expect(explanation.lines.map(\.item).filter { $0.contains("output") } == ["output"])
    }

    @Test
    func `Several choices share one usage`() throws {
        #expect(try Self.explanation("006-").lines.count { $0.item == "input" } == 1)
    }

    @Test
    func `The whole request is priced as long, its output too`() throws {
        let lines = try Self.explanation("010-").lines
        #expect(lines.map(\.item).contains("output"))
        #expect(lines.allSatisfy { $0.modifiers.map(\.name) == ["long_context"] })
    }

    @Test
    func `A regional host has its uplift on every line of tokens`() throws {
        let lines = try Self.explanation("080-").lines
        #expect(!lines.isEmpty && lines.allSatisfy { $0.modifiers.contains { $0.factor == "1.1" } })
    }

    @Test
    func `Only the searches that are billable are charged`() throws {
        let search = try Self.explanation("061-").lines.filter { $0.item == "web_search" }
        #expect(search.map(\.quantity) == ["2"])
    }

    @Test
    func `The second model of a call is priced too, by its own rates`() throws {
        let lines = try Self.explanation("105-").lines.filter { $0.part == .tool }
        #expect(Set(lines.map(\.model)) == ["gpt-6.1-sol"])
        // 2500 at 2, 1800 at 10.
        #expect(Self.sum(try Self.explanation("105-"), .tool) == "0.023")
    }

    @Test
    func `Output of images without details is image output`() throws {
        let lines = try Self.explanation("102-").lines
        #expect(lines.map(\.item).contains("image_output") && !lines.map(\.item).contains("output"))
    }

    @Test
    func `A model with prices of tokens that reports seconds is estimated, and says so`() throws {
        let explanation = try Self.explanation("115-")
        #expect(explanation.cost.status == .partial)
        #expect(explanation.cost.reason == "estimate")
    }

    @Test(arguments: ["013-", "031-", "040-", "041-", "071-", "073-", "160-", "164-", "170-"])
    func `A call whose usage is not known is not priced, and not zero`(prefix: String) throws {
        let cost = try Self.explanation(prefix).cost
        #expect(cost.picoUSD == nil)
        #expect(cost.status == .none)
    }

    @Test(arguments: [("014-", "unknown_model"), ("021-", "unknown_model"), ("045-", "other_provider")])
    func `What has no price says why`(prefix: String, reason: String) throws {
        let cost = try Self.explanation(prefix).cost
        #expect(cost.status == .unpriced)
        #expect(cost.picoUSD == nil)
        #expect(cost.reason?.rawValue == reason)
    }

    @Test(arguments: ["075-", "094-", "135-", "136-", "082-"])
    func `Free endpoints are free`(prefix: String) throws {
        let cost = try Self.explanation(prefix).cost
        #expect(cost.status == .free)
        #expect(cost.picoUSD == 0)
    }
}
