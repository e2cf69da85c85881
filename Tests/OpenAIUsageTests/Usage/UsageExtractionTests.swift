import OpenAIUsage
import OpenAIUsageTestSupport
import OpenAIUsageTesting
import Testing

/// What is read from bodies and events beyond what the samples show.
struct UsageExtractionTests {
    static let chat = "/v1/chat/completions"
    static let stream: [(name: String, value: String)] = [("content-type", "text/event-stream")]

    private func record(_ body: String, path: String = chat, isStream: Bool = false) throws -> CallRecord {
        var call = ObservedCall()
        call.path = path
        if isStream { call.fields = Self.stream }
        call.body = body.bytes
        let record = try call.record()
        call.cuts = Array(0..<call.body.count)
        #expect(try call.record().timeless == record.timeless)
        return record
    }

    private func text(_ usage: TokenUsage) -> String {
        usage.counters.map { "\($0.counter.name)=\($0.value)" }.joined(separator: " ")
    }

    static let usages: [(usage: String, counters: String)] = [
        (
            #"{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}"#,
            "input_tokens=3 output_tokens=2 total_tokens=5"
        ),
        (#"{"input_tokens":3,"output_tokens":2,"total_tokens":5}"#, "input_tokens=3 output_tokens=2 total_tokens=5"),
        (#"{"prompt_tokens":0}"#, "input_tokens=0"),
        (#"{"prompt_tokens":null,"completion_tokens":2}"#, "output_tokens=2"),
        (#"{"prompt_tokens":3,"prompt_tokens":null}"#, "input_tokens=3"),
        (#"{"prompt_tokens":3,"prompt_tokens":0}"#, "input_tokens=3"),
        (#"{"prompt_tokens":3,"prompt_tokens":4}"#, "input_tokens=4"),
        (#"{"prompt_tokens":3.0,"completion_tokens":2e1}"#, "input_tokens=3 output_tokens=20"),
        (
            #"{"prompt_tokens":3.5,"completion_tokens":"2","total_tokens":true}"#, "input_tokens=4 output_tokens=2"
        ),
        (#"{"prompt_tokens":14321.87,"completion_tokens":" 30 "}"#, "input_tokens=14322 output_tokens=30"),
        (#"{"prompt_tokens":-1,"completion_tokens":"-1","reasoning_tokens":7}"#, "reasoning_tokens=7"),
        (#"{"prompt_tokens":"1e2","completion_tokens":"many"}"#, "input_tokens=100"),
        (
            #"{"prompt_tokens":9223372036854775807,"completion_tokens":9223372036854775808}"#,
            "input_tokens=9223372036854775807"
        ),
        (
            #"{"prompt_tokens":9,"prompt_tokens_details":{"cached_tokens":4,"audio_tokens":0,"cache_write_tokens":2}}"#,
            "input_tokens=9 cached_input_tokens=4 cache_write_tokens=2 audio_input_tokens=0"
        ),
        (#"{"prompt_tokens":9,"prompt_tokens_details":null,"completion_tokens_details":null}"#, "input_tokens=9"),
        (#"{"prompt_tokens":9,"prompt_tokens_details":[{"cached_tokens":4}]}"#, "input_tokens=9"),
        (
            #"{"input_tokens_details":{"cache_write_tokens_details":{"ttl_30m_tokens":1,"ttl_12h_tokens":2}}}"#,
            "cache_write_30m_tokens=1 cache_write_12h_tokens=2"
        ),
        (
            #"{"input_token_details":{"cached_tokens":3,"#
                + #""cached_tokens_details":{"text_tokens":1,"audio_tokens":2,"image_tokens":0}}}"#,
            "cached_input_tokens=3 cached_text_input_tokens=1 cached_audio_input_tokens=2 cached_image_input_tokens=0"
        ),
        (
            #"{"completion_tokens_details":{"reasoning_tokens":1,"audio_tokens":2,"#
                + #""accepted_prediction_tokens":3,"rejected_prediction_tokens":4}}"#,
            "reasoning_tokens=1 audio_output_tokens=2 accepted_prediction_tokens=3 rejected_prediction_tokens=4"
        ),
        (
            #"{"output_tokens_details":{"text_tokens":1,"image_tokens":2},"output_tokens":3}"#,
            "output_tokens=3 text_output_tokens=1 image_output_tokens=2"
        ),
        (
            #"{"prompt_tokens":9,"prompt_cache_hit_tokens":4,"prompt_cache_miss_tokens":5}"#,
            "input_tokens=9 cached_input_tokens=4"
        ),
        (#"{"prompt_tokens":9,"num_cached_tokens":4}"#, "input_tokens=9 cached_input_tokens=4"),
        (#"{"x":{"prompt_tokens":9},"completion_tokens":1}"#, "output_tokens=1"),
        (#"{"prompt_t\u006fkens":9}"#, "input_tokens=9"),
    ]

    @Test(arguments: usages, [chat, "/v1/responses", "/v1/embeddings", "/v1/completions"])
    func `Counters are read in all their names`(usage: (usage: String, counters: String), path: String) throws {
        let record = try record(#"{"id":"x","usage":\#(usage.usage)}"#, path: path)
        #expect(text(record.usage) == usage.counters)
        #expect(record.usageState == .reported && record.usageSource == "/usage")
        #expect(record.rawUsage == usage.usage)
    }

    static let unread: [(usage: String, state: UsageState)] = [
        ("{}", .null), (#"{"prompt_tokens":null,"completion_tokens":null}"#, .null), (#"{"x":{}}"#, .null),
        (#"{"tokens":5}"#, .unparsable), (#"{"prompt_tokens":[1],"completion_tokens":{"a":2}}"#, .unparsable),
        (#"{"prompt_tokens":-1,"completion_tokens":-1}"#, .unparsable),
        (#"{"prompt_tokens":"12 tokens"}"#, .unparsable),
    ]

    @Test(arguments: unread)
    func `A usage without a counter that is understood was not reported`(usage: String, state: UsageState) throws {
        let record = try record(#"{"id":"x","usage":\#(usage)}"#)
        #expect(record.usage.isEmpty && record.usageState == state && record.usageSource == nil)
        // Behind real figures it erases nothing.
        let whole = #"{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}"#
        for body in [
            "data: {\"usage\":\(whole)}\n\ndata: {\"choices\":[],\"usage\":\(usage)}\n\ndata: [DONE]\n\n",
            "data: {\"choices\":[{\"usage\":\(whole)}],\"usage\":\(usage)}\n\ndata: [DONE]\n\n",
        ] {
            let record = try self.record(body, isStream: true)
            #expect(
                text(record.usage) == "input_tokens=3 output_tokens=2 total_tokens=5" && record.usageState == .reported
            )
            #expect(record.rawUsage == whole)
        }
    }

    @Test(arguments: ["5", "\"5\"", "[]", "[{\"total_tokens\":5}]", "true"])
    func `A usage that is not an object is none`(usage: String) throws {
        let record = try record(#"{"id":"x","usage":\#(usage)}"#)
        #expect(record.usage.isEmpty && record.rawUsage == nil && record.usageState == .missing)
    }

    @Test(arguments: [510, 511, 512, 513, 600, 5_000])
    func `A number that is too long to be read whole is unknown`(length: Int) throws {
        let zeros = String(repeating: "0", count: length - 4)
        // Cut at 512 bytes, these would be 7 and 0.
        let record = try record(
            #"{"usage":{"prompt_tokens":7.\#(zeros)e2,"completion_tokens":0.\#(zeros)e-1,"cost":1.\#(zeros)e2}}"#
        )
        let isWhole = length <= 512
        #expect(record.usage.inputTokens == (isWhole ? 700 : nil))
        #expect(record.providerCost == (isWhole ? "100" : nil))
        #expect(record.usageState == (isWhole ? .reported : .unparsable))
    }

    @Test
    func `A usage beyond its bound is counted, but not kept verbatim`() throws {
        let filler = String(repeating: "9", count: JSONScanner.maximumVerbatimLength)
        let record = try record(#"{"usage":{"x":\#(filler),"total_tokens":5}}"#)
        #expect(record.usage.totalTokens == 5 && record.rawUsage == nil && record.usageState == .reported)
    }

    static let costs: [(usage: String, cost: String?)] = [
        (#"{"cost":0.00012}"#, "0.00012"), (#"{"cost":0}"#, "0"), (#"{"cost":1.5e-4}"#, "0.00015"),
        (#"{"cost":null}"#, nil),
        (#"{"cost":"0.5"}"#, "0.5"), (#"{"cost":"$0.50"}"#, "0.5"), (#"{"cost":"much"}"#, nil),
        (#"{"cost":"1-2"}"#, nil), (#"{"cost":{"total_cost":0.25,"x":1}}"#, "0.25"),
        (#"{"cost_details":{"upstream_inference_cost":3}}"#, nil), (#"{"total_tokens":1}"#, nil),
    ]

    @Test(arguments: costs)
    func `A provider's own price is kept as a plain decimal`(usage: String, cost: String?) throws {
        #expect(try record(#"{"usage":\#(usage)}"#).providerCost == cost)
        let body = "data: {\"choices\":[],\"usage\":\(usage)}\n\ndata: [DONE]\n\n"
        #expect(try record(body, isStream: true).providerCost == cost)
    }

    @Test
    func `The last usage of a stream counts, and is never added up`() throws {
        let body = """
            data: {"choices":[{"delta":{"content":"a"}}],"usage":{"prompt_tokens":5,"completion_tokens":1,"cost":1}}

            data: {"choices":[{"delta":{"content":"b"}}],"usage":{"prompt_tokens":5,"completion_tokens":2}}

            data: {"choices":[],"usage":null}

            data: [DONE]


            """
        let record = try record(body, isStream: true)
        #expect(text(record.usage) == "input_tokens=5 output_tokens=2")
        #expect(record.providerCost == nil && record.usageState == .reported && record.usageSource == "chunk:/usage")
    }

    @Test
    func `An event that is not whole JSON tells no usage`() throws {
        let whole = "data: {\"choices\":[],\"usage\":{\"total_tokens\":5}}\n\n"
        for broken in [
            "data: {\"usage\":{\"total_tokens\":9}}}\n\n", "data: {\"usage\":{\"total_tokens\":9}\n\n",
            "data: {\"usage\":{\"total_tokens\":9}},\n\n",
        ] {
            #expect(try record(whole + broken + "data: [DONE]\n\n", isStream: true).usage.totalTokens == 5)
        }
    }

    static let events: [(name: String, outcome: Outcome)] = [
        ("response.completed", .completed), ("response.incomplete", .completed), ("response.done", .completed),
        ("response.failed", .error), ("response.created", .cut), ("response.in_progress", .cut),
        ("response.completed.x", .cut), ("xresponse.completed", .cut), ("response.queued", .cut),
    ]

    @Test(arguments: events)
    func `Any event of a response may tell its usage, and terminal ones alone end it`(
        name: String,
        outcome: Outcome
    ) throws {
        let error = name == "response.failed" ? #"{"code":"server_error","message":"m"}"# : "null"
        let response = #""response":{"id":"resp_1","error":\#(error),"usage":{"total_tokens":5}}"#
        // The name stands in the data, in the event's field, or in both.
        for stream in [
            "data: {\"type\":\"\(name)\",\(response)}\n\n", "event: \(name)\ndata: {\(response)}\n\n",
            "event: other\ndata: {\(response),\"type\":\"\(name)\"}\n\n",
        ] {
            let record = try record(stream, path: "/v1/responses", isStream: true)
            #expect(record.usage.totalTokens == 5 && record.outcome == outcome && record.responseID == "resp_1")
            #expect(record.usageSource == "event:\(name):/response/usage")
            #expect(record.errorCode == (outcome == .error ? "server_error" : nil))
        }
    }

    static let errors: [(stream: String, type: String?, code: String?)] = [
        ("event: error\ndata: {\"error\":{\"type\":\"t\",\"code\":\"c\"}}\n\n", "t", "c"),
        ("event: error\ndata: {\"type\":\"error\",\"code\":\"c\",\"message\":\"m\"}\n\n", nil, "c"),
        ("data: {\"type\":\"error\",\"code\":429}\n\n", nil, "429"),
        ("data: {\"type\":\"error\",\"error\":{\"type\":\"t\",\"code\":null}}\n\n", "t", nil),
        ("event: error\ndata: {}\n\n", nil, nil),
    ]

    @Test(arguments: errors)
    func `An error event ends a response's stream`(stream: String, type: String?, code: String?) throws {
        let record = try record(stream, path: "/v1/responses", isStream: true)
        #expect(record.outcome == .error && record.errorType == type && record.errorCode == code)
        #expect(record.usageState == .missing)
    }

    @Test(arguments: [
        #"{"error":{"type":"t","code":"c","message":"secret text"}}"#, #"{"error":{"code":"c","type":"t"},"id":null}"#,
    ])
    func `An error in a document is told by its type and code only`(body: String) throws {
        let record = try record(body)
        #expect(record.outcome == .error && record.errorType == "t" && record.errorCode == "c")
        #expect(!String(reflecting: record).contains("secret text"))
    }

    @Test(arguments: [#"{"error":null}"#, #"{"errors":[]}"#, #"{"x":{"error":{"type":"t"}}}"#])
    func `What is no error is none`(body: String) throws {
        #expect(try record(body).outcome == .completed)
    }

    @Test
    func `The text of an error is bounded in whatever pieces it comes`() throws {
        for length in [63, 64, 65, 511, 512, 513, 5_000] {
            let long = String(repeating: "e", count: length)
            let record = try record(#"{"error":{"type":"\#(long)","code":"\#(long)"}}"#)
            let kept = length <= 64 ? long : "other"
            #expect(record.errorType == kept && record.errorCode == kept)
        }
    }

    static let contents: [(delta: String, isContent: Bool)] = [
        (#"{"content":"x"}"#, true), (#"{"content":"\ud83d\ude00"}"#, true), (#"{"content":"\n"}"#, true),
        (#"{"content":""}"#, false),
        (#"{"content":null}"#, false), (#"{"role":"assistant"}"#, false), ("{}", false), (#"{"refusal":"x"}"#, true),
        (#"{"reasoning":"x"}"#, true), (#"{"reasoning_content":"x"}"#, true), (#"{"tool_calls":[{"index":0}]}"#, true),
        (#"{"function_call":{"name":"f"}}"#, true), (#"{"audio":{"id":"a"}}"#, true), (#"{"tool_calls":null}"#, false),
        (#"{"other":"x"}"#, false),
    ]

    @Test(arguments: contents)
    func `The first token is the first content of any kind`(delta: String, isContent: Bool) throws {
        let body = "data: {\"choices\":[{\"index\":0,\"delta\":\(delta)}]}\n\ndata: [DONE]\n\n"
        #expect((try record(body, isStream: true).timing.timeToFirstTokenMicroseconds != nil) == isContent)
    }

    @Test
    func `Escaped pairs of surrogates in content are read over`() throws {
        let delta = #"data: {"id":"c","choices":[{"delta":{"content":"\ud83d\ude00\ud83d"}}]}"# + "\n\n"
        let body = delta + delta + ExchangeEndingTests.usageChunk + ExchangeEndingTests.done
        let record = try record(body, isStream: true)
        #expect(record.usage.totalTokens == 5 && record.outcome == .completed)
    }

    @Test
    func `A name that no event has is not repeated`() throws {
        for (name, source) in [
            ("thread.run.completed", "event:thread.run.completed:/usage"),
            ("thread.run.\(String(repeating: "x", count: 100))", "event:?:/usage"),
            ("thread.run.What was said", "event:?:/usage"), ("agent.session.turn.\u{7}", "event:?:/usage"),
        ] {
            let path = name.hasPrefix("agent") ? "/v1/agents/sessions/s/events" : "/v1/threads/t/runs"
            var call = ObservedCall()
            call.method = name.hasPrefix("agent") ? "GET" : "POST"
            call.path = path
            call.fields = Self.stream
            call.body = "event: \(name)\ndata: {\"usage\":{\"total_tokens\":4}}\n\n".bytes
            let record = try call.record()
            #expect(record.usageSource == source && record.usage.totalTokens == 4)
        }
    }

    /// A response that says that a tool's container has a memory, and was used once.
    private static func usingContainer(memory: String, identity: String = "c") -> String {
        #"{"tools":[{"type":"shell","container":{"memory_limit":"\#(memory)"}}],"#
            + #""output":[{"type":"shell_call","container_id":"\#(identity)"}],"usage":{"total_tokens":1}}"#
    }

    @Test
    func `The memory of a container is a short text`() throws {
        for (memory, tool) in [
            ("4g", "container.4g"), (#"\n4g\u007f"#, "container.4g"), ("", "container.1g"),
            (String(repeating: "x", count: 100), "container.xxxxxxxxxxxxxxxx"),
        ] {
            let record = try record(Self.usingContainer(memory: memory), path: "/v1/responses")
            #expect(record.toolCalls == ["shell": 1, tool: 1])
            let container = try self.record(#"{"memory_limit":"\#(memory)"}"#, path: "/v1/containers")
            #expect(container.units["container_memory"] == "\"\(tool.dropFirst(10))\"")
        }
    }

    @Test
    func `A socket tells no end of tools apart, and its sums stay within their bounds`() throws {
        var call = ObservedCall()
        call.method = "GET"
        call.path = "/v1/responses"
        call.status = 101
        let sink = RecordingSink()
        let exchange = call.exchange(sink: sink)
        call.feed(exchange)
        for number in 0..<1_000 {
            let response = Self.usingContainer(memory: "\(number)g", identity: "c\(number)")
            let message = #"{"type":"response.completed","response":\#(response)}"#
            exchange.receive(message: message.bytes.span.bytes)
        }
        let searches =
            #"{"type":"response.completed","response":{"tool_usage":{"web_search":{"num_requests":9223372036854775807},"#
            + #""image_gen":{"input_tokens":9223372036854775807}},"usage":{"total_tokens":9223372036854775807}}}"#
        for _ in 0..<3 { exchange.receive(message: searches.bytes.span.bytes) }
        exchange.finish(.completed)
        let record = try #require(sink.records.first)
        #expect(record.excesses.isEmpty && record.toolCalls.count == 64)
        #expect(record.toolCalls["shell"] == 1_000 && record.usage.totalTokens == .max)
        #expect(record.units["image_generation.input_tokens"] == "9223372036854775807")
    }

    @Test
    func `Searches beyond measure are summed without a crash`() throws {
        var call = ObservedCall()
        call.method = "GET"
        call.path = "/v1/responses"
        call.status = 101
        let sink = RecordingSink()
        let exchange = call.exchange(sink: sink)
        call.feed(exchange)
        let searches =
            #"{"type":"response.completed","response":{"tool_usage":{"web_search":{"num_requests":9223372036854775807}},"#
            + #""usage":{"total_tokens":1}}}"#
        for _ in 0..<3 { exchange.receive(message: searches.bytes.span.bytes) }
        exchange.finish(.completed)
        #expect(sink.records.first?.toolCalls == ["web_search": .max])
    }

    static let finishes: [(path: String, body: String, finish: String?)] = [
        (chat, #"{"choices":[{"finish_reason":"stop"}]}"#, "stop"),
        (chat, #"{"choices":[{"finish_reason":null}]}"#, nil),
        (chat, #"{"choices":[{"finish_reason":"length"},{"finish_reason":"stop"}]}"#, "stop"),
        (chat, #"{"choices":[]}"#, nil),
        ("/v1/responses", #"{"status":"completed"}"#, "completed"),
        (
            "/v1/responses", #"{"status":"incomplete","incomplete_details":{"reason":"max_output_tokens"}}"#,
            "incomplete:max_output_tokens"
        ),
        ("/v1/responses", #"{"status":"incomplete","incomplete_details":null}"#, "incomplete"),
        ("/v1/responses", #"{"status":"completed","incomplete_details":{"reason":"no"}}"#, "completed"),
        ("/v1/responses", "{}", nil),
        ("/v1/completions", #"{"choices":[{"text":"x","finish_reason":"length"}]}"#, "length"),
    ]

    @Test(arguments: finishes)
    func `The reason to stop is the model's own`(path: String, body: String, finish: String?) throws {
        #expect(try record(body, path: path).finish == finish)
    }

    @Test
    func `Groq's place for the usage counts too`() throws {
        let body =
            "data: {\"choices\":[],\"x_groq\":{\"id\":\"req\",\"usage\":{\"total_tokens\":4,\"queue_time\":0.1}}}\n\n"
            + ExchangeEndingTests.done
        #expect(try record(body, isStream: true).usage.totalTokens == 4)
    }

    @Test(arguments: [
        "application/json", "application/json; charset=utf-8", "Application/JSON", "application/problem+json", "",
    ])
    func `A document is known by its type`(type: String) throws {
        var call = ObservedCall()
        call.fields = [("content-type", type)]
        call.body = ExchangeEndingTests.document.bytes
        #expect(try call.record().usageState == .reported)
        #expect(try call.record().isStream == false)
    }

    // The type decides, and nothing that stands behind it: a stream is always UTF-8.
    @Test(arguments: [
        "text/event-stream", "text/event-stream; charset=utf-8", "Text/Event-Stream", "text/event-stream;",
        "text/event-stream ; x", "text/event-stream;charset=windows-1252",
    ])
    func `A stream is known by its type`(type: String) throws {
        var call = ObservedCall()
        call.fields = [("content-type", type)]
        call.body = (ExchangeEndingTests.usageChunk + ExchangeEndingTests.done).bytes
        #expect(try call.record().usageState == .reported)
        #expect(try call.record().isStream)
    }

    @Test(arguments: [
        "text/x-event-stream", "text/plain", "text/x-bogus", "application/json", "application/octet-stream", nil,
    ])
    func `A stream of another type is one all the same`(type: String?) throws {
        var call = ObservedCall()
        call.fields = type.map { [("content-type", $0)] } ?? []
        call.body = (ExchangeEndingTests.usageChunk + ExchangeEndingTests.done).bytes
        #expect(try call.record().usageState == .reported)
        #expect(try call.record().isStream)
    }

    @Test(arguments: ["audio/mpeg", "image/png", "event-stream", "x; text/event-stream"])
    func `Media are not looked at`(type: String) throws {
        var call = ObservedCall()
        call.fields = [("content-type", type)]
        call.body = (ExchangeEndingTests.usageChunk + ExchangeEndingTests.done).bytes
        #expect(try call.record().usageState == .unparsable)
        #expect(try !call.record().isStream)
    }
}
