import OpenAIUsage
import Testing

@testable import oai_usage

struct WasteClassifierTests {
    private static let start: Int64 = 1_800_000_000_000_000

    private static func record(
        _ second: Int64,
        operation: String? = nil,
        attempt: Int = 0,
        outcome: Outcome = .completed,
        input: Int64 = 100,
        cached: Int64? = 0,
        cost: Int64? = 1_000
    ) -> CallRecord {
        var record = CallRecord(
            id: CallID(startedAt: Timestamp(microsecondsSince1970: start + second * 1_000_000)),
            operationID: operation,
            startedAt: start + second * 1_000_000,
            source: .library,
            method: "POST",
            host: "api.openai.com",
            path: "/v1/chat/completions"
        )
        record.attempt = attempt
        record.outcome = outcome
        record.model = "gpt-4o-mini"
        record.usage[.inputTokens] = input
        record.usage[.cachedInputTokens] = cached
        record.cost = CallCost(picoUSD: cost, status: cost == nil ? .none : .exact)
        return record
    }

    private static func classifier() -> WasteClassifier { WasteClassifier { _ in 400 } }

    @Test
    func `Only attempts after the first completed one are repetitions`() {
        var classifier = Self.classifier()
        #expect(classifier.add(Self.record(0, operation: "op", outcome: .error, cost: nil)) == nil)
        #expect(classifier.add(Self.record(1, operation: "op", attempt: 1)) == nil)
        #expect(classifier.add(Self.record(2, operation: "op", attempt: 2)) == .retries)
        #expect(classifier.add(Self.record(3, operation: "other", attempt: 1)) == nil)
        #expect(classifier.sums[.retries]?.wastePicoUSD == 1_000)
    }

    @Test
    func `A repetition that was given up is in the first line only`() {
        var classifier = Self.classifier()
        classifier.add(Self.record(0, operation: "op"))
        #expect(classifier.add(Self.record(1, operation: "op", attempt: 1, outcome: .clientDisconnected)) == .retries)
        #expect(classifier.sums[.abandoned] == nil)
    }

    @Test(arguments: [
        (Outcome.clientDisconnected, WasteKind.abandoned), (.abandoned, .abandoned), (.error, .failed), (.cut, .failed),
        (.timeout, .failed),
    ])
    func `Calls that ended badly are waste if they were billed`(_ outcome: Outcome, _ kind: WasteKind) {
        var classifier = Self.classifier()
        #expect(classifier.add(Self.record(0, outcome: outcome)) == kind)
        #expect(classifier.add(Self.record(1, outcome: outcome, cost: nil)) == nil)
        #expect(classifier.add(Self.record(2, outcome: outcome, cost: 0)) == nil)
    }

    @Test
    func `A lost priority is no lost money`() {
        var classifier = Self.classifier()
        var record = Self.record(0)
        record.requestedServiceTier = "priority"
        record.serviceTier = "default"
        #expect(classifier.add(record) == .downgraded)
        #expect(classifier.sums[.downgraded]?.wastePicoUSD == 0)
        #expect(classifier.sums[.downgraded]?.costPicoUSD == 1_000)
        record.serviceTier = "priority"
        #expect(classifier.add(record) == nil)
    }

    @Test
    func `A prompt might have been cached only after another one within an hour`() {
        var classifier = Self.classifier()
        #expect(classifier.add(Self.record(0, input: 2_000)) == nil)
        #expect(classifier.add(Self.record(10, input: 1_024)) == .uncached)
        #expect(classifier.add(Self.record(20, input: 1_023)) == nil)
        #expect(classifier.add(Self.record(30, input: 2_000, cached: 1_024)) == nil)
        #expect(classifier.add(Self.record(40, input: 2_000, cached: nil)) == nil)
        #expect(classifier.add(Self.record(3_700, input: 2_000)) == nil)
        #expect(classifier.sums[.uncached]?.wastePicoUSD == 400)
    }

    @Test
    func `What has no price is counted and in no sum`() {
        var classifier = WasteClassifier { _ in nil }
        classifier.add(Self.record(0, input: 2_000))
        classifier.add(Self.record(1, input: 2_000))
        #expect(classifier.sums[.uncached]?.unpriced == 1)
        #expect(classifier.sums[.uncached]?.wastePicoUSD == 0)
    }
}

struct LimitHeadroomTests {
    private static let window = RateLimits.Window(limit: 1_000, remaining: 100, reset: .seconds(60))

    @Test
    func `What is left and how long it lasts`() {
        let rate = LimitHeadroom.Rate(calls: 50, tokens: 5_000)
        let headroom = LimitHeadroom("requests", Self.window, age: 20_000_000, rate)
        #expect(headroom.resetIn == 40_000_000)
        #expect(headroom.percentLeft == 10)
        // 100 are left, 10 a minute are used.
        #expect(headroom.hundredthMinutesToLimit == 1_000)
        let tokens = LimitHeadroom("project-tokens", Self.window, age: 20_000_000, rate)
        #expect(tokens.hundredthMinutesToLimit == 10)
    }

    @Test
    func `A window whose reset has passed is whole`() {
        let headroom = LimitHeadroom("tokens", Self.window, age: 61_000_000, nil)
        #expect(headroom.isReset)
        #expect(headroom.resetIn == 0)
        #expect(headroom.remaining == 1_000)
        #expect(headroom.hundredthMinutesToLimit == nil)
    }

    @Test
    func `A resource that is not counted has no time`() {
        let headroom = LimitHeadroom("images", Self.window, age: 0, LimitHeadroom.Rate(calls: 5, tokens: 5))
        #expect(headroom.hundredthMinutesToLimit == nil)
        #expect(!headroom.isReset)
    }
}
