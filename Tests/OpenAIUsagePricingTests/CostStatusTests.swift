import OpenAIUsage
import Testing

@testable import OpenAIUsagePricing

/// What cannot be priced is never priced by a guess, and its reason is told.
struct CostStatusTests {
    private static let tokens: [TokenCounter: Int64] = [.inputTokens: 1000, .outputTokens: 100]

    struct Case: Sendable, CustomTestStringConvertible {
        var reason: CostReason
        var call: TestCall
        var known: String?

        init(_ reason: CostReason, known: String? = nil, _ change: (inout TestCall) -> Void) {
            self.reason = reason
            self.known = known
            call = TestCall()
            call.usage = CostStatusTests.tokens
            change(&call)
        }

        var testDescription: String { "\(reason) \(call.model ?? "") \(call.tier ?? "")" }
    }

    static let cases: [Case] = [
        Case(.unknownModel) { $0.model = "gpt-5.4-cyber" },
        Case(.unknownModel) { $0.model = nil },
        Case(.unknownModel) {
            $0.model = "gpt-9-nova-2027-01-01"
            $0.requestModel = "gpt-4o"
        },
        Case(.unknownModel, known: "0.02") {
            $0.model = "gpt-9-nova"
            $0.toolCalls = ["web_search": 2]
        },
        Case(.unknownTier) { $0.tier = "warp" },
        Case(.unknownTier) { $0.tier = "Default" },
        Case(.unknownTier) {
            $0.model = "gpt-5-nano"
            $0.tier = "priority"
        },
        Case(.unknownTier) {
            $0.model = "gpt-6.2-sol"
            $0.tier = "flex"
        },
        Case(.unknownTier) {
            $0.model = "gpt-4o"
            $0.endpoint = "decisions"
        },
        Case(.unknownTier, known: "0.0025") {
            $0.tier = "warp"
            $0.toolCalls = ["file_search": 1]
        },
        Case(.unknownTier) {
            $0.model = "whisper-1"
            $0.tier = "batch"
            $0.usage = [.audioSeconds: 60]
        },
        Case(.unknownLongContext) {
            $0.model = "gpt-5.4"
            $0.tier = "priority"
            $0.usage[.inputTokens] = 272_001
        },
        Case(.unknownWindow) { $0.window = "4h" },
        Case(.unknownWindow) {
            $0.window = "2h"
            $0.tier = "priority"
        },
        Case(.missingPriceItem, known: "0.00002") { $0.model = "text-embedding-3-small" },
        Case(.missingPriceItem, known: "0.016") {
            $0.model = "gpt-image-2"
            $0.usage = [.inputTokens: 200, .outputTokens: 700, .imageOutputTokens: 500]
        },
        Case(.missingPriceItem) { $0.usage = [.trainedTokens: 5768] },
        Case(.missingPriceItem, known: "0.003") { $0.usage[.trainedTokens] = 1 },
        Case(.missingPriceItem) {
            $0.usage = [:]
            $0.units = ["input_characters": "20"]
        },
        Case(.missingPriceItem) { $0.model = "whisper-1" },
        Case(.missingPeriod) { $0.day = "2026-09-28" },
        Case(.missingPeriod) {
            $0.model = "dall-e-3"
            $0.usage = [:]
            $0.units = ["images": "1"]
        },
        Case(.inconsistentUsage, known: "0.0011") { $0.usage[.cachedInputTokens] = 1001 },
        Case(.inconsistentUsage, known: "0.001") { $0.usage[.inputTokens] = -5 },
        Case(.otherProvider) { $0.host = "acme-east.openai.azure.com" },
        Case(.otherProvider) {
            $0.host = "openrouter.ai"
            $0.toolCalls = ["web_search": 1]
        },
        Case(.severalModels) { $0.endpoint = "evals.runs.retrieve" },
        Case(.outOfRange) { $0.usage[.outputTokens] = Int64.max },
        Case(.outOfRange) { $0.toolCalls = ["web_search": Int64.max] },
        Case(.outOfRange) {
            $0.model = "gpt-4o-mini"
            $0.toolCalls = ["web_search": Int64.max]
        },
    ]

    @Test(arguments: cases)
    func theReasonIsTold(_ item: Case) {
        let explanation = PriceBook.bundled.explanation(of: item.call.record)
        let cost = PriceBook.bundled.cost(of: item.call.record)
        #expect(cost == explanation.cost)
        #expect(cost.reason == item.reason)
        #expect(cost.status == (item.known == nil ? .unpriced : .partial))
        #expect(cost.picoUSD.map { Money(picoUSD: $0).description } == item.known)
        #expect(cost.priceVersion == PriceBook.bundled.version)
        if item.reason != .outOfRange { #expect(explanation.gaps.contains { $0.reason == item.reason }) }
    }

    @Test(arguments: [UsageState.error, .notApplicable])
    func aCallThatUsedNothingHasNothingToPrice(state: UsageState) {
        let call = TestCall(state: state, status: state == .error ? 500 : 200)
        #expect(PriceBook.bundled.cost(of: call.record) == CallCost())
    }

    @Test(arguments: [UsageState.missing, .null, .cut, .unparsable])
    func aCallWhoseUsageIsUnknownSaysSo(state: UsageState) {
        let call = TestCall(state: state)
        #expect(PriceBook.bundled.cost(of: call.record) == CallCost(reason: .missingUsage))
    }

    @Test func anErrorIsNotBilledForWhatItsRequestAskedFor() {
        var call = TestCall(model: "tts-1", units: ["input_characters": "100"], state: .error, status: 429)
        #expect(PriceBook.bundled.cost(of: call.record) == CallCost())
        call.state = .missing
        call.status = nil
        #expect(PriceBook.bundled.cost(of: call.record) == CallCost(reason: .missingUsage))
        call.status = 200
        #expect(PriceBook.bundled.cost(of: call.record).picoUSD == 1_500_000_000)
        call.state = .error
        #expect(PriceBook.bundled.cost(of: call.record) == CallCost())
    }

    @Test func anErrorWithUsageIsBilled() {
        let call = TestCall(usage: Self.tokens, outcome: .error)
        #expect(PriceBook.bundled.cost(of: call.record).picoUSD == 3_000_000_000)
    }

    @Test func anOpenCallIsNotPricedYet() {
        let call = TestCall(usage: Self.tokens, outcome: .open)
        #expect(PriceBook.bundled.cost(of: call.record) == CallCost())
    }

    @Test func aFreeEndpointCostsNothing() {
        let call = TestCall(family: FreeFamily(), usage: Self.tokens)
        #expect(PriceBook.bundled.cost(of: call.record) == CallCost(picoUSD: 0, status: .free))
    }

    @Test func zerosWithoutAModelAreNothing() {
        let call = TestCall(model: nil, usage: [.inputTokens: 0, .outputTokens: 0])
        #expect(PriceBook.bundled.cost(of: call.record) == CallCost())
    }

    @Test func theRequestedModelCountsOnlyWhenNoneWasServed() {
        var call = TestCall(model: nil, requestModel: "gpt-6.1-sol", usage: Self.tokens)
        #expect(PriceBook.bundled.cost(of: call.record).picoUSD == 3_000_000_000)
        call.model = "gpt-4o-mini"
        #expect(PriceBook.bundled.cost(of: call.record).picoUSD == 210_000_000)
    }

    @Test(arguments: [
        ("0.0000067", 6_700_000), ("6.7e-06", 6_700_000), ("0", 0), ("1", 1_000_000_000_000),
        ("0.12345678901249", 123_456_789_012),
    ])
    func aProvidersOwnPriceIsPreferred(text: String, picoUSD: Int64) {
        let call = TestCall(host: "openrouter.ai", usage: Self.tokens, providerCost: text)
        #expect(PriceBook.bundled.cost(of: call.record) == CallCost(picoUSD: picoUSD, status: .provider))
        let lines = PriceBook.bundled.explanation(of: call.record).lines
        #expect(lines.map(\.subtotal.picoUSD) == [picoUSD])
        #expect(lines.map(\.part) == [.provider])
    }

    @Test(arguments: ["", "abc", "-1", "1e99", "{}"])
    func aProvidersNonsenseIsNot(text: String) {
        let call = TestCall(usage: Self.tokens, providerCost: text)
        #expect(PriceBook.bundled.cost(of: call.record).picoUSD == 3_000_000_000)
        #expect(PriceBook.bundled.cost(of: call.record).status == .exact)
    }

    @Test(arguments: [
        ("api.openai.com", UpstreamHost.standard), ("API.OPENAI.COM", .standard), ("api.openai.com.", .standard),
        ("api.openai.com:443", .standard), ("eu.api.openai.com", .regional), ("au.api.openai.com", .regional),
        ("a.b.api.openai.com", .standard), (".api.openai.com", .standard), ("evilapi.openai.com", .standard),
        ("127.0.0.1", .standard), ("127.0.0.1:8080", .standard), ("[::1]", .standard), ("[::1]:8080", .standard),
        ("localhost", .standard), ("", .standard), ("acme.openai.azure.com", .other), ("openrouter.ai", .other),
        ("api.groq.com", .other), ("notgroq.com", .standard), ("api.x.ai", .other), ("max.ai", .standard),
        ("bedrock-runtime.us-east-1.amazonaws.com", .other), ("proxy.elb.amazonaws.com", .standard),
        ("generativelanguage.googleapis.com", .other),
    ])
    func hostsTellWhosePricesHold(host: String, expected: UpstreamHost) {
        #expect(UpstreamHost(host) == expected)
    }
}
