import NIOHTTP1
import OpenAIUsage
import OpenAIUsagePricing
import Testing

@testable import oai_usage

struct ProviderPageTests {
    private static func value(_ text: String) throws -> JSONDocument.Value {
        try JSONDocument(parsing: text).root.value
    }

    /// The counters of the provider's own example, whose parts of the input are what the cache had no part in.
    @Test
    func `The tokens of completions are divided into parts that do not overlap`() throws {
        let result = try Self.value(
            """
            {"object":"organization.usage.completions.result","input_tokens":1000,"input_cached_tokens":400,
             "input_cache_write_tokens":100,"input_cache_write_12h_tokens":40,"input_uncached_tokens":500,
             "output_tokens":500,"input_text_tokens":400,"output_text_tokens":400,"input_cached_text_tokens":300,
             "input_audio_tokens":50,"input_cached_audio_tokens":50,"output_audio_tokens":50,"input_image_tokens":50,
             "input_cached_image_tokens":50,"output_image_tokens":50,"num_model_requests":5,"project_id":"proj_1",
             "api_key_id":"key_1","model":"gpt-6.1-sol","batch":false,"service_tier":"priority","new":{"field":1}}
            """
        )
        let usage = try ProviderUsage(result, kind: .completions)
        #expect(
            usage.items == [
                .input: 400, .cachedInput: 300, .cachedAudioInput: 50, .cachedImageInput: 50, .cacheWrite: 60,
                .cacheWrite12Hour: 40, .audioInput: 50, .imageInput: 50, .output: 400, .audioOutput: 50,
                .imageOutput: 50,
            ]
        )
        #expect(usage.requests == 5)
        #expect(usage.tier == "priority")
    }

    @Test(
        arguments: [
            ("0.06", 60_000_000_000, 2), ("0.00013450000000000002", 134_500_000, 20), ("1.5e-7", 150_000, 8),
            ("\"12.34\"", 12_340_000_000_000, 2), ("-3", -3_000_000_000_000, 0),
        ] as [(String, Int128, Int)]
    )
    func `Amounts are exact, whatever noise they have`(text: String, picoUSD: Int128, decimals: Int) throws {
        let cost = try ProviderCost(try Self.value("{\"amount\":{\"value\":\(text),\"currency\":\"usd\"}}"))
        #expect(cost.picoUSD == picoUSD)
        #expect(cost.decimals == decimals)
    }

    @Test
    func `Quantities are tokens only in units of tokens`() throws {
        func tokens(_ quantity: String, _ unit: String) throws -> Int128? {
            let text = "{\"amount\":{\"value\":1},\"quantity\":\(quantity),\"quantity_unit\":\"\(unit)\"}"
            return try ProviderCost(try Self.value(text)).tokens
        }
        #expect(try tokens("1200", "tokens") == 1_200)
        #expect(try tokens("1.2", "1000_tokens") == 1_200)
        #expect(try tokens("3", "images") == nil)
        #expect(try tokens("null", "tokens") == nil)
    }

    @Test
    func `What is not understood is named`() throws {
        for text in [
            #"{"error":{"message":"no"}}"#, "{}", #"{"data":{}}"#, #"{"data":[{"start_time":1}]}"#,
            #"{"data":[{"start_time":2,"end_time":2}]}"#,
        ] {
            #expect(throws: ProviderDataError.self) {
                _ = try ProviderPage(try Self.value(text), kind: nil, fetchedAt: 0)
            }
        }
        #expect(throws: ProviderDataError.self) {
            _ = try ProviderUsage(try Self.value(#"{"num_model_requests":-1}"#), kind: .completions)
        }
        #expect(throws: ProviderDataError.self) {
            _ = try ProviderCost(try Self.value(#"{"amount":{"value":1,"currency":"eur"}}"#))
        }
    }

    @Test(arguments: [
        #"{"data":[{"start_time":9223372036854775800,"end_time":9223372036854775807,"results":[]}]}"#,
        #"{"data":[{"start_time":4102444800,"end_time":4102531200,"results":[]}]}"#,
        #"{"data":[{"start_time":0,"end_time":86400,"results":[{"object":"organization.costs.result","amount":{"value":1e13}}]}]}"#,
        #"{"data":[{"start_time":0,"end_time":86400,"results":[{"object":"organization.costs.result","amount":{"value":-1e25}}]}]}"#,
        #"{"data":[{"start_time":0,"end_time":86400,"results":[{"object":"organization.costs.result","amount":{"value":1},"quantity":1.7e26}]}]}"#,
        #"{"data":[{"start_time":0,"end_time":86400,"results":[{"object":"organization.usage.completions.result","input_tokens":9223372036854775807}]}]}"#,
    ])
    func `Numbers that are not plausible are an error`(text: String) throws {
        let value = try Self.value(text)
        #expect(throws: ProviderDataError.self) { _ = try ProviderPage(value, kind: nil, fetchedAt: 0).buckets.count }
        #expect(throws: ProviderDataError.self) {
            _ = try ProviderPage(value, kind: .costs, fetchedAt: 0).buckets.count
        }
    }

    @Test
    func `A bucket is given once`() throws {
        func page(_ amounts: Int...) throws -> ProviderPage {
            let buckets = amounts.map {
                "{\"start_time\":0,\"end_time\":86400,\"results\":[{\"amount\":{\"value\":\($0)}}]}"
            }
            let text = "{\"data\":[\(buckets.joined(separator: ","))]}"
            return try ProviderPage(try Self.value(text), kind: .costs, fetchedAt: 0)
        }
        #expect(try page(1, 1).buckets.count == 1)
        #expect(throws: ProviderDataError.self) { _ = try page(1, 2) }
        var set = ProviderBucketSet()
        for bucket in try page(1).buckets { try set.add(bucket) }
        try set.check(from: 0, to: 86_400)
        #expect(throws: ProviderDataError.self) { try set.check(from: 86_400, to: 2 * 86_400) }
        var hour = try page(1).buckets[0]
        (hour.start, hour.end) = (3_600, 7_200)
        try set.add(hour)
        #expect(throws: ProviderDataError.self) { try set.check(from: 0, to: 86_400) }
    }

    @Test
    func `Shares of the largest numbers are exact, or limited`() {
        #expect(Int128(7).share(1, of: 2) == 4)
        #expect(Int128(-7).share(1, of: 2) == -4)
        let large = ProviderLimits.totalPicoUSD
        #expect(large.share(ProviderLimits.totalCount, of: ProviderLimits.totalCount) == large)
        #expect((large * 3).share(large * 2, of: large * 6) == large)
        #expect((large * 3).share(-large * 2, of: large * 6) == -large)
        #expect(large.share(large, of: 1) == Int128(1) << 100)
        #expect((-large).share(large, of: 1) == -(Int128(1) << 100))
    }

    @Test
    func `No key is repeated`() {
        let mask = KeyMask(key: "sk-admin-SECRETSECRET1234")
        #expect(mask.masked("bad key Bearer sk-admin-SECRETSECRET1234.") == "bad key Bearer sk-***.")
        #expect(
            mask.masked("{\"a\":\"sk-proj-abcdefghijklmnop\",\"b\":\"sk-live-zyxwvut\"}")
                == "{\"a\":\"sk-***\",\"b\":\"sk-***\"}"
        )
        // A redacted key joins the keys of both sides, and words may contain the letters.
        for text in ["sk-proj-abc...1234", "sk-proj-**********1234", "task-forces-of-one", "sk-", "disk-abcdefgh", ""] {
            #expect(mask.masked(text) == text)
        }
        #expect(KeyMask(key: "other-key").masked("an other-key here") == "an *** here")
    }

    @Test
    func `Keys are joined by their beginning and their end`() {
        #expect(ProviderKeys.fits("sk-proj-abc...1234", "sk-proj-...1234"))
        #expect(ProviderKeys.fits("sk-...234", "sk-proj-...1234"))
        #expect(ProviderKeys.fits("sk-proj-**********1234", "sk-proj-...1234"))
        #expect(!ProviderKeys.fits("sk-proj-abc...1235", "sk-proj-...1234"))
        #expect(!ProviderKeys.fits("sk-svcacct-abc...1234", "sk-proj-...1234"))
        #expect(!ProviderKeys.fits("***", "sk-proj-...1234"))
        let names = ProviderKeys.names(
            ["key_1": "sk-proj-abc...1234", "key_2": "sk-proj-abc...9999"],
            hints: ["sk-proj-...1234", "sk-proj-...5678"]
        )
        #expect(names == ["key_1": "sk-proj-...1234", "key_2": "key_2 (sk-proj-abc...9999)"])
    }

    @Test
    func `A refused request is repeated as long as the server asks, within limits`() {
        let retry = ProviderRetry()
        func decide(
            _ status: Int?,
            _ headers: HTTPHeaders = [:],
            code: String? = nil,
            attempt: Int = 1
        ) -> ProviderRetry.Decision {
            retry.decision(attempt: attempt, status: status, headers: headers, code: code, now: 1_795_425_301)
        }
        #expect(decide(429, ["retry-after": "7"]) == .wait(7_000))
        #expect(decide(429, ["retry-after": "7", "retry-after-ms": "12.5"]) == .wait(13))
        #expect(decide(503, ["retry-after": "Mon, 23 Nov 2026 09:15:11 GMT"]) == .wait(10_000))
        #expect(decide(429, ["retry-after": "3600"]) == .giveUp)
        #expect(decide(429, ["retry-after-ms": "9223372036854775807"]) == .giveUp)
        #expect(decide(429, ["retry-after": "9223372036854775807"]) == .giveUp)
        #expect(decide(429, code: "insufficient_quota") == .giveUp)
        #expect(decide(nil) == .wait(500))
        #expect(decide(500, attempt: 3) == .wait(2_000))
        #expect(decide(500, attempt: 6) == .giveUp)
        #expect(decide(401) == .giveUp)
        #expect(decide(403) == .giveUp)
    }
}
