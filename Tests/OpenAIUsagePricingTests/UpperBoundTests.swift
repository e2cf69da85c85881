import OpenAIUsage
import Testing

@testable import OpenAIUsagePricing

/// A call whose usage never came is bounded by its request, where its request bounds it.
struct UpperBoundTests {
    /// A call of 1,000 bytes and at most 500 tokens whose stream was cut.
    private static func call(_ change: (inout TestCall) -> Void = { _ in }) -> TestCall {
        var call = TestCall(model: nil, requestModel: "gpt-6.1-sol", family: ChatFamily(), state: .cut, outcome: .cut)
        call.requestBytes = 1000
        call.maximumOutputTokens = 500
        call.requestedTier = "default"
        change(&call)
        return call
    }

    private static func bound(_ call: TestCall, _ book: PriceBook = .bundled) -> Int64? {
        let cost = book.cost(of: call.record)
        #expect(cost.picoUSD == nil && cost.status == .none && cost.reason == .missingUsage)
        return cost.upperBoundPicoUSD
    }

    @Test(arguments: [UsageState.cut, .missing, .null, .unparsable])
    func theRequestBoundsTheCost(state: UsageState) {
        // Writing to the cache for 12 hours is the dearest input of the model, at $4 a million; the output has $10.
        let dearest =
            PriceBook.bundled.model(named: "gpt-6.1-sol")?.periods.first?.tiers["default"]?.highestInputPrice ?? 0
        #expect(dearest >= 2_000_000)
        #expect(Self.bound(Self.call { $0.state = state }) == 1000 * dearest + 500 * 10_000_000)
    }

    @Test func thePricesAreThoseOfTheTierTheRegionAndTheWindow() throws {
        let model = TestBook.model(
            "m",
            #"{"default": {"input": "1", "output": "3"}, "priority": {"input": "2", "audio_input": "5", "output": "7"}}"#,
            more: #", "regional_uplift": "1.1""#
        )
        let book = try PriceBook(json: TestBook.json(models: model))
        func bound(_ change: (inout TestCall) -> Void) -> Int64? {
            Self.bound(
                Self.call {
                    $0.requestModel = "m"
                    change(&$0)
                },
                book
            )
        }
        #expect(bound { _ in } == 2_500_000_000)
        #expect(bound { $0.requestedTier = "fast" } == 8_500_000_000)
        #expect(bound { $0.requestedTier = nil } == 8_500_000_000)
        #expect(bound { $0.requestedTier = "auto" } == 8_500_000_000)
        #expect(
            bound {
                $0.requestedTier = "auto"
                $0.tier = "default"
            } == 2_500_000_000
        )
        #expect(bound { $0.host = "eu.api.openai.com" } == 2_750_000_000)
        #expect(bound { $0.window = "2h" } == 1_750_000_000)
        #expect(bound { $0.window = "9h" } == nil)
        #expect(bound { $0.requestedTier = "warp" } == nil)
    }

    @Test func aRequestThatMayBeLongHasThePricesOfALongOne() throws {
        let model = TestBook.model(
            "m",
            #"{"default": {"input": "1", "output": "3"}}"#,
            more:
                #", "long_context": {"over_input_tokens": 1000, "per_1m": {"default": {"input": "2", "output": "4"}}}"#
        )
        let book = try PriceBook(json: TestBook.json(models: model))
        var call = Self.call { $0.requestModel = "m" }
        #expect(Self.bound(call, book) == 2_500_000_000)
        call.requestBytes = 1001
        #expect(Self.bound(call, book) == 4_002_000_000)
    }

    /// Each: what was told of the usage, what of the request, and the bound at $1 a million of input and $3 of output.
    @Test(
        arguments: [
            ([.totalTokens: 100], nil, nil, 300), ([.totalTokens: 100], 40, 10, 70),
            ([.totalTokens: 100], 4000, 900, 300),
            ([.inputTokens: 100], nil, 10, 130), ([.outputTokens: 100], 40, nil, 340),
            ([.inputTokens: 100], 40, nil, nil),
            ([.outputTokens: 100], nil, nil, nil),
        ] as [([TokenCounter: Int64], Int64?, Int64?, Int64?)]
    )
    func whatWasToldInPartBoundsTheRest(
        usage: [TokenCounter: Int64],
        bytes: Int64?,
        output: Int64?,
        dollars: Int64?
    ) throws {
        let model = TestBook.model("m", #"{"default": {"input": "1", "output": "3"}}"#)
        let book = try PriceBook(json: TestBook.json(models: model))
        let call = Self.call {
            $0.requestModel = "m"
            $0.state = .reported
            $0.outcome = .completed
            $0.usage = usage
            $0.requestBytes = bytes
            $0.maximumOutputTokens = output
        }
        let cost = book.cost(of: call.record)
        #expect(cost.reason == .missingUsage)
        #expect(cost.upperBoundPicoUSD == dollars.map { $0 * 1_000_000 })
    }

    @Test func vectorsHaveNoOutputToBound() {
        let call = Self.call {
            $0.requestModel = "text-embedding-3-small"
            $0.family = EmbeddingsFamily()
            $0.maximumOutputTokens = nil
        }
        #expect(Self.bound(call) == 20_000_000)
    }

    @Test(
        arguments: [
            { $0.maximumOutputTokens = nil }, { $0.requestBytes = nil }, { $0.requestModel = "gpt-5.4-cyber" },
            { $0.requestModel = nil }, { $0.host = "acme.openai.azure.com" }, { $0.family = ImagesFamily() },
            { $0.family = RealtimeFamily() }, { $0.requestOptions = ["input_by_reference": "true"] },
            { $0.toolCalls = ["function": 0] },
            {
                $0.units = ["images": "1"]
                $0.status = nil
            },
            { $0.requestBytes = -1 }, { $0.requestBytes = .max }, { $0.day = "2020-01-01" },
        ] as [@Sendable (inout TestCall) -> Void]
    )
    func nothingElseIsBounded(change: @Sendable (inout TestCall) -> Void) {
        #expect(Self.bound(Self.call(change)) == nil)
    }

    @Test func whatIsKnownOrFailedHasNoBound() {
        let known = Self.call { $0.usage = [.inputTokens: 1, .outputTokens: 1] }
        #expect(PriceBook.bundled.cost(of: known.record).upperBoundPicoUSD == nil)
        let failed = Self.call { $0.state = .error }
        #expect(PriceBook.bundled.cost(of: failed.record) == CallCost())
        let open = Self.call { $0.outcome = .open }
        #expect(PriceBook.bundled.cost(of: open.record) == CallCost())
    }

    /// No usage that fits the request costs more than its bound.
    @Test func noUsageThatFitsTheRequestCostsMore() {
        var compared = 0
        for model in PriceBook.bundled.models {
            for tier in ["default", "flex", "priority", "batch"] {
                for parts in [[], [.cacheWriteTokens], [.audioInputTokens]] as [[TokenCounter]] {
                    for bytes: Int64 in [1, 999, 300_000] {
                        var call = Self.call {
                            $0.requestModel = model.id
                            $0.requestedTier = tier
                            $0.requestBytes = bytes
                        }
                        guard let bound = Self.bound(call) else { continue }
                        call.state = .reported
                        call.outcome = .completed
                        call.usage = [.inputTokens: bytes, .outputTokens: 500]
                        for part in parts { call.usage[part] = bytes }
                        let cost = PriceBook.bundled.cost(of: call.record)
                        guard let amount = cost.picoUSD else { continue }
                        #expect(amount <= bound, "\(model.id) \(tier) \(parts) \(bytes)")
                        compared += 1
                    }
                }
            }
        }
        #expect(compared > 500)
    }
}
