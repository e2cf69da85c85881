import Foundation
import OpenAIUsage
import OpenAIUsageLedger
import OpenAIUsageTestSupport
import Testing

@Suite("JSON and text")
struct RenderingTests {
    @Test(
        "Money is the shortest exact decimal",
        arguments: [
            (0, "0"), (1, "0.000000000001"), (6_750_000, "0.00000675"), (1_000_000_000_000, "1"),
            (1_234_567_000, "0.001234567"), (-1_500_000_000_000, "-1.5"), (-1, "-0.000000000001"),
            (10_000_000_000_000, "10"), (Int128(Int64.max) * 1_000, "9223372036.854775807"),
            (Int128.max, "170141183460469231731687303.715884105727"),
            (Int128.min, "-170141183460469231731687303.715884105728"),
        ] as [(Int128, String)]
    )
    func dollars(value: Int128, text: String) {
        #expect(DecimalText.dollars(picoUSD: value) == text)
    }

    @Test("Milliseconds and seconds have no more digits than they need")
    func durations() {
        #expect(DecimalText.milliseconds(microseconds: 812_345) == "812.345")
        #expect(DecimalText.milliseconds(microseconds: 430_100) == "430.1")
        #expect(DecimalText.milliseconds(microseconds: 412_000) == "412")
        #expect(DecimalText.milliseconds(microseconds: 5) == "0.005")
        #expect(DecimalText.seconds(microseconds: 6_000) == "0.006")
        #expect(DecimalText.seconds(microseconds: 0) == "0")
    }

    @Test(
        "Times are RFC 3339",
        arguments: [
            (0, "1970-01-01T00:00:00.000000Z"), (-1, "1969-12-31T23:59:59.999999Z"),
            (1_795_425_301_123_456, "2026-11-23T09:15:01.123456Z"),
            (951_782_400_000_000, "2000-02-29T00:00:00.000000Z"),
            (4_107_542_400_000_000, "2100-03-01T00:00:00.000000Z"),
        ] as [(Int64, String)]
    )
    func timestamps(value: Int64, text: String) {
        #expect(TimestampText.utc(value) == text)
    }

    @Test("A call is written in the agreed order, with null for what is unknown")
    func call() throws {
        var record = CallRecord(
            id: CallID(rawValue: 0x0199_7c00_0000_0001),
            startedAt: 1_795_425_301_123_456,
            source: .gateway,
            method: "POST",
            host: "api.openai.com",
            path: "/v1/chat/completions"
        )
        record.timing.durationMicroseconds = 812_345
        record.timing.timeToHeadersMicroseconds = 430_100
        record.timing.processingMicroseconds = 412_000
        record.client = "OpenAI/Python 3.54.0"
        record.isStream = true
        record.organization = "acme"
        record.project = "proj_a"
        record.key = KeyFingerprint(hint: "sk-proj-...1234", digest: 0x5f2c_9a11_2233)
        record.tags = ["team": "se\"arch"]
        record.requestModel = "gpt-4o-mini"
        record.model = "gpt-4o-mini-2024-07-18"
        record.status = 200
        record.outcome = .completed
        record.usageState = .reported
        record.usageSource = "/usage"
        record.usage[.inputTokens] = 21
        record.usage[.cachedInputTokens] = 0
        record.usage[.outputTokens] = 6
        record.usage[.totalTokens] = 27
        record.usage[.textInputTokens] = 21
        record.rawUsage = "{\n  \"prompt_tokens\": 21\n}"
        record.toolCalls = ["web_search": 2]
        record.units = ["seconds": "1.50"]
        record.requestOptions = ["n": "2"]
        record.requestBytes = 321
        record.edgeRequestID = "9a2b-FRA"
        record.timing.upstreamServiceMicroseconds = 415_000
        record.cost = CallCost(
            picoUSD: 6_750_000,
            status: .partial,
            reason: .missingUsage,
            priceVersion: "2026-11-23",
            upperBoundPicoUSD: 7_000_000
        )
        var limits = RateLimits()
        limits["requests"] = RateLimits.Window(limit: 10_000, remaining: 9_999, resetMicroseconds: 6_000)
        limits["tokens"] = RateLimits.Window(limit: 2_000_000, remaining: nil, resetMicroseconds: 0)
        record.rateLimits = limits
        let expected = [
            #"{"id":"01997c0000000001","operation_id":"01997c0000000001","attempt":0,"#,
            #""started_at":"2026-11-23T09:15:01.123456Z","duration_ms":812.345,"time_to_headers_ms":430.1,"#,
            #""time_to_first_token_ms":null,"processing_ms":412,"upstream_service_ms":415,"gateway_ms":null,"source":"gateway","#,
            #""client":"OpenAI/Python 3.54.0","method":"POST","host":"api.openai.com","path":"/v1/chat/completions","#,
            #""endpoint":"chat.completions","stream":true,"organization":"acme","project":"proj_a","#,
            #""key":"sk-proj-...1234 #5f2c9a","tags":{"team":"se\"arch"},"requested_organization":null,"#,
            #""requested_project":null,"request_model":"gpt-4o-mini","model":"gpt-4o-mini-2024-07-18","#,
            #""requested_service_tier":null,"service_tier":null,"background_window":null,"request_bytes":321,"max_output_tokens":null,"request_options":{"n":2},"status":200,"outcome":"completed","finish":null,"#,
            #""error_type":null,"error_code":null,"request_id":null,"client_request_id":null,"response_id":null,"#,
            #""edge_request_id":"9a2b-FRA","trace_id":null,"diagnostics":{},"counted":true,"#,
            #""usage_state":"reported","usage_source":"/usage","input_tokens":21,"cached_input_tokens":0,"cache_write_tokens":null,"#,
            #""audio_input_tokens":null,"output_tokens":6,"reasoning_tokens":null,"total_tokens":27,"#,
            #""text_input_tokens":21,"units":{"seconds":1.50},"tool_calls":{"web_search":2},"#,
            #""usage":{"prompt_tokens":21},"cost_usd":0.00000675,"cost_status":"partial","#,
            #""cost_reason":"missing_usage","cost_upper_bound_usd":0.000007,"#,
            #""price_version":"2026-11-23","rate_limit":{"requests":{"limit":10000,"remaining":9999,"#,
            #""reset_seconds":0.006},"tokens":{"limit":2000000,"remaining":null,"reset_seconds":0}}}"#,
        ].joined()
        #expect(record.json == expected)
    }

    @Test("Any call is one line of valid JSON", arguments: [1, 2, 3] as [UInt64])
    func anyCall(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        for number in 0..<200 {
            let record = Records.random(number, &generator)
            let text = record.json
            #expect(!text.contains("\n"), "seed \(seed)")
            let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
            #expect(object["project"] as? String == record.project, "seed \(seed)")
            #expect((object["tags"] as? [String: String])?.count == record.tags.pairs.count, "seed \(seed)")
            #expect(object["cost_usd"] is NSNull == (record.cost.picoUSD == nil), "seed \(seed)")
        }
    }

    @Test(
        "A usage object that is not JSON is null, and does not break the line",
        arguments: [
            "{", "{\"a\":}", "{} {}", "nope", "{\"a\":01}", "[1,]", "\"\u{1}\"", "", "{\"a\" 1}", "[\"\\x\"]", "-",
            String(repeating: "[", count: 1_000),
        ]
    )
    func badUsage(text: String) {
        var record = Records.plain(1)
        record.rawUsage = text
        #expect(record.json.contains(#""usage":null,"#))
    }

    @Test(
        "A usage object keeps its numbers and strings as they are",
        arguments: [
            (
                " { \"a\" : [ 1.50 , -0.0e+7 , null , true , false , { } , [ ] ] } ",
                #"{"a":[1.50,-0.0e+7,null,true,false,{},[]]}"#
            ),
            (#"{"a b" : "c : d\n\u00e9\\\""}"#, #"{"a b":"c : d\n\u00e9\\\""}"#), ("[\r\n\t]", "[]"),
        ]
    )
    func goodUsage(text: String, compact: String) {
        var record = Records.plain(1)
        record.rawUsage = text
        #expect(record.json.contains(#""usage":\#(compact),"#))
    }

    @Test("A report is written in the agreed order")
    func report() async throws {
        let folder = TemporaryFolder()
        var record = Records.plain(812, project: "proj_a")
        record.cost.picoUSD = 1_234_567_000
        try await fill(folder, [record])
        let query = ReportQuery(
            from: Records.start - 7 * 86_400_000_000,
            to: Records.start + 86_400_000_000,
            groupBy: [.project, .tag("team")]
        )
        let fields = [
            #""calls":1,"errors":0,"input_tokens":100,"cached_input_tokens":null,"output_tokens":10,"#,
            #""reasoning_tokens":null,"cost_usd":0.001234567,"unpriced_calls":0,"partial_calls":0,"#,
            #""calls_without_usage":0,"unknown_cost_upper_bound_usd":null,"unbounded_calls":0,"#,
            #""unpriced_upper_bound_usd":null,"other_calls":0,"#,
            #""open_calls":0,"duration_ms":{"p50":812,"p95":812,"p99":812},"#,
            #""error_duration_ms":{"p50":null,"p95":null,"p99":null},"#,
            #""processing_ms":{"p50":null,"p95":null,"p99":null},"#,
            #""time_to_first_token_ms":{"p50":null,"p95":null,"p99":null}}"#,
        ].joined()
        let expected = [
            #"{"from":"2026-11-16T00:00:00Z","to":"2026-11-24T00:00:00Z","timezone":"UTC","#,
            #""group_by":["project","tag:team"],"rows":[{"project":"proj_a","tag:team":null,"#, fields,
            #"],"totals":{"#, fields, "}",
        ].joined()
        #expect(try LedgerReader(path: folder.ledger).report(query).json == expected)
    }

    @Test("A report names its time zone")
    func zone() async throws {
        let folder = TemporaryFolder()
        try await fill(folder, [])
        let zone = try #require(TimeZone(identifier: "Europe/Paris"))
        let query = ReportQuery(from: 0, to: 1, timeZone: zone, groupBy: [])
        let json = try LedgerReader(path: folder.ledger).report(query).json
        #expect(
            json.hasPrefix(
                #"{"from":"1970-01-01T00:00:00Z","to":"1970-01-01T00:00:00.000001Z","timezone":"Europe/Paris","#
            )
        )
    }

    @Test("Errors say what to do", arguments: LedgerError.Code.allCases)
    func codes(code: LedgerError.Code) {
        #expect(LedgerError.Code(rawValue: code.rawValue) == code)
    }
}
