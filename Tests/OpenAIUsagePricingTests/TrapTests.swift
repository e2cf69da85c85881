import OpenAIUsage
import Testing

@testable import OpenAIUsagePricing

/// Mistakes that meters of such calls are known to make, each as what must happen instead.
struct TrapTests {
    private static func price(_ change: (inout TestCall) -> Void) -> String? {
        var call = TestCall()
        call.usage = [.inputTokens: 10_000, .outputTokens: 1000]
        change(&call)
        return PriceBook.bundled.cost(of: call.record).picoUSD.map { Money(picoUSD: $0).description }
    }

    @Test
    func `Flex is half the price, not the full one`() {
        #expect(Self.price { $0.tier = "flex" } == "0.015")
    }

    @Test
    func `A tier that was asked for and not served is not billed`() {
        #expect(
            Self.price {
                $0.requestedTier = "priority"
                $0.tier = "default"
            } == "0.03"
        )
    }

    @Test
    func `No snapshot falls back to the default tier where its alias has a price`() throws {
        for model in PriceBook.bundled.models where !model.id.hasPrefix("ft:") {
            for name in model.names {
                guard let alias = ModelName.withoutSnapshot(name), let other = PriceBook.bundled.model(listedAs: alias)
                else { continue }
                for tier in Set(other.periods.flatMap(\.tiers.keys)) {
                    let call = { (model: String) in
                        PriceBook.bundled.cost(
                            of: TestCall(model: model, tier: tier, usage: [.inputTokens: 1_000]).record
                        )
                    }
                    if call(alias).status == .exact { #expect(call(name).status == .exact, "\(name) \(tier)") }
                }
            }
        }
    }

    @Test
    func `What is thought in a dear tier has the dear price`() {
        #expect(
            Self.price {
                $0.tier = "priority"
                $0.usage[.reasoningTokens] = 1000
            } == "0.06"
        )
    }

    @Test
    func `The sum over the requests of a batch is not a long input`() {
        #expect(
            Self.price {
                $0.endpoint = "batches.retrieve"
                $0.usage = [.inputTokens: 300_000]
            } == "0.3"
        )
    }

    @Test
    func `A model without a price for long input in a tier has none, not that of another tier`() {
        for tier in ["priority"] {
            var call = TestCall(model: "gpt-5.4", tier: tier)
            call.usage = [.inputTokens: 300_000]
            #expect(PriceBook.bundled.cost(of: call.record).reason == "unknown_long_context")
        }
    }

    @Test(arguments: [("gpt-5.4", true), ("gpt-4o", false), ("gpt-5.1", false), ("gpt-6.1-sol", true)])
    func `Only models that are eligible have the uplift of a region`(model: String, isEligible: Bool) {
        let usage: [TokenCounter: Int64] = [.inputTokens: 1_000_000 / 4]
        let plain = PriceBook.bundled.cost(of: TestCall(model: model, usage: usage).record).picoUSD ?? 0
        let regional = PriceBook.bundled.cost(
            of: TestCall(model: model, host: "eu.api.openai.com", usage: usage).record
        ).picoUSD
        #expect(regional == (isEligible ? plain / 10 * 11 : plain))
    }

    @Test
    func `A search that was only offered costs nothing, and one that was made does`() {
        #expect(Self.price { $0.toolCalls = ["web_search": 0] } == "0.03")
        #expect(Self.price { $0.toolCalls = ["web_search": 1] } == "0.04")
    }

    @Test
    func `Output of an image model is not priced as text, nor text as an image`() {
        let image = Self.price {
            $0.model = "gpt-image-1.5"
            $0.usage = [.outputTokens: 1000]
        }
        let text = Self.price {
            $0.model = "gpt-image-1.5"
            $0.usage = [.outputTokens: 1000, .imageOutputTokens: 0]
        }
        #expect(image == "0.032")
        #expect(text == "0.01")
    }

    @Test(arguments: ["gpt-5.4-cyber", "gpt-6.2-astra-law", "gpt-99", "claude-opus-5.5", "gpt-4o-mini-extra"])
    func `A model that is not known has no price, whatever its name begins with`(model: String) {
        let cost = PriceBook.bundled.cost(of: TestCall(model: model, usage: [.inputTokens: 5]).record)
        #expect(cost.picoUSD == nil)
        #expect(cost.status == .unpriced)
        #expect(cost.reason == "unknown_model")
    }

    @Test
    func `A model that is switched off keeps the price that it had`() {
        var call = TestCall(model: "sora-2", day: "2026-05-01", units: ["video_seconds": "8"], state: .unitsFromBody)
        #expect(PriceBook.bundled.cost(of: call.record).status == .exact)
        call.day = "2026-11-23"
        #expect(PriceBook.bundled.cost(of: call.record).reason == "missing_period")
    }

    @Test(arguments: [
        ("gpt-5.6-luna", "2026-07-29", "2026-07-30"), ("gpt-5.6-terra", "2026-07-29", "2026-07-30"),
        ("o3", "2025-06-09", "2025-06-10"),
    ])
    func `A price that was cut holds from its day on, and the old one before`(
        model: String,
        before: String,
        after: String
    ) {
        func cost(_ day: String) -> Int64 {
            PriceBook.bundled.cost(of: TestCall(model: model, day: day, usage: [.inputTokens: 1000]).record).picoUSD
                ?? 0
        }
        #expect(cost(before) > cost(after) && cost(after) > 0)
    }

    @Test
    func `A million calls of a billionth of a dollar are a thousandth, not nothing`() {
        let call = TestCall(model: "text-embedding-3-small", tier: "batch", usage: [.inputTokens: 1])
        let cost = PriceBook.bundled.cost(of: call.record).picoUSD ?? 0
        #expect(cost == 10_000)
        var sum = MoneySum()
        for _ in 0..<1_000_000 { sum += Money(picoUSD: cost) }
        #expect(sum.description == "0.01")
    }

    @Test
    func `The amounts that floating point gets wrong are right`() throws {
        #expect(try Money(decimal: "0.1").picoUSD + Money(decimal: "0.2").picoUSD == Money(decimal: "0.3").picoUSD)
        #expect(
            Self.price {
                $0.model = "gpt-4o-mini"
                $0.usage = [.inputTokens: 3]
            } == "0.00000045"
        )
    }
}
