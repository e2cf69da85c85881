import OpenAIUsage
import Testing

/// What providers beside OpenAI report, each in its own way.
struct DialectTests {
    private func record(
        _ body: String,
        isStream: Bool = false,
        path: String = "/v1/chat/completions",
        request: String = ""
    ) throws -> CallRecord {
        var call = ObservedCall()
        call.path = path
        call.requestBody = request.bytes
        call.fields = [("content-type", isStream ? "text/event-stream" : "application/json")]
        call.body = body.bytes
        let whole = try call.record()
        call.cuts = Array(0..<call.body.count)
        #expect(try call.record().timeless == whole.timeless)
        return whole
    }

    private func stream(_ chunks: String...) -> String {
        chunks.map { "data: \($0)\n\n" }.joined() + "data: [DONE]\n\n"
    }

    @Test
    func `vLLM reports a sum that grows in every chunk, of which the last counts`() throws {
        let record = try record(
            stream(
                #"{"choices":[{"delta":{"content":"a"}}],"usage":{"prompt_tokens":7,"completion_tokens":1,"total_tokens":8}}"#,
                #"{"choices":[{"delta":{"content":"b"}}],"usage":{"prompt_tokens":7,"completion_tokens":2,"total_tokens":9,"prompt_tokens_details":null}}"#
            ),
            isStream: true
        )
        #expect(record.usage.inputTokens == 7 && record.usage.outputTokens == 2 && record.usage.totalTokens == 9)
    }

    @Test
    func `Groq puts its usage under a name of its own`() throws {
        let record = try record(
            stream(
                #"{"id":"c","choices":[{"delta":{"content":"a"},"finish_reason":null}],"x_groq":{"id":"req_01"}}"#,
                #"{"id":"c","choices":[{"delta":{},"finish_reason":"stop"}],"x_groq":{"id":"req_01","usage":{"queue_time":0.1,"prompt_tokens":18,"prompt_time":0.01,"completion_tokens":9,"total_tokens":27}}}"#
            ),
            isStream: true
        )
        #expect(record.usage.inputTokens == 18 && record.usage.outputTokens == 9 && record.finish == "stop")
        #expect(record.rawUsage?.contains("queue_time") == true)
    }

    @Test
    func `DeepSeek counts cache hits beside the tokens`() throws {
        let record = try record(
            ": keep-alive\n\n"
                + stream(
                    #"{"choices":[{"delta":{"content":"a"}}],"usage":null}"#,
                    #"{"choices":[{"delta":{"content":""},"finish_reason":"stop"}],"usage":{"prompt_tokens":17,"completion_tokens":9,"total_tokens":26,"prompt_cache_hit_tokens":12,"prompt_cache_miss_tokens":5}}"#
                ),
            isStream: true
        )
        #expect(record.usage.cachedInputTokens == 12 && record.usage.inputTokens == 17)
        #expect(TokenBuckets(record.usage).input == 5)
    }

    @Test
    func `xAI thinks outside its output, and tells the price in ticks`() throws {
        let record = try record(
            #"{"id":"x","model":"grok-4","choices":[],"usage":{"prompt_tokens":100,"completion_tokens":20,"total_tokens":170,"#
                + #""completion_tokens_details":{"reasoning_tokens":50},"num_sources_used":3,"cost_in_usd_ticks":12345678,"#
                + #""server_side_tool_usage_details":{"web_search_calls":2,"x_search_calls":1,"code_interpreter_calls":1,"mcp_calls":0}}}"#
        )
        #expect(record.usage.outputTokens == 70 && record.usage.reasoningTokens == 50)
        #expect(record.usage.hiddenOutputTokens == nil && TokenBuckets(record.usage).output == 70)
        #expect(record.providerCost == "0.0012345678")
        #expect(record.toolCalls == ["web_search": 2, "code_interpreter": 1])
    }

    @Test
    func `Perplexity tells a cost of several parts, and its searches`() throws {
        let record = try record(
            #"{"model":"sonar","usage":{"prompt_tokens":8,"completion_tokens":439,"total_tokens":447,"num_search_queries":2,"#
                + #""search_context_size":"low","cost":{"input_tokens_cost":0.00001,"output_tokens_cost":0.0004,"request_cost":0.005,"total_cost":0.00541}}}"#
        )
        #expect(record.providerCost == "0.00541" && record.toolCalls == ["search_query": 2])
    }

    @Test
    func `Mistral tells the seconds of audio, and caches by a name of its own`() throws {
        let record = try record(
            #"{"model":"voxtral-small","usage":{"prompt_tokens":400,"completion_tokens":3,"total_tokens":403,"prompt_audio_seconds":203,"num_cached_tokens":64}}"#
        )
        #expect(record.usage.cachedInputTokens == 64 && record.units["audio_seconds"] == #""203""#)
    }

    static let ownKeys: [(usage: String, cost: String?, upstream: String?)] = [
        (
            #"{"prompt_tokens":1,"cost":0,"is_byok":true,"cost_details":{"upstream_inference_cost":0.16494}}"#, "0",
            "0.16494"
        ),
        (#"{"prompt_tokens":1,"cost":0.5,"is_byok":false,"cost_details":{"upstream_inference_cost":0.5}}"#, "0.5", nil),
        (#"{"prompt_tokens":1,"cost":0.5,"cost_details":{"upstream_inference_cost":null}}"#, "0.5", nil),
        (
            #"{"prompt_tokens":1,"cost_details":{"upstream_inference_cost":1e-3},"is_byok":true,"cost":1E-4}"#,
            "0.0001", "0.001"
        ),
        // The parts stand for a whole that is not told; zeros stand for nothing that is known.
        (
            #"{"prompt_tokens":1,"cost":0,"is_byok":true,"cost_details":{"upstream_inference_cost":null,"upstream_inference_prompt_cost":0.00065,"upstream_inference_completions_cost":9.5e-4}}"#,
            "0", "0.0016"
        ),
        (
            #"{"prompt_tokens":1,"cost":0.01,"is_byok":true,"cost_details":{"upstream_inference_input_cost":"0.9","upstream_inference_output_cost":"0.2"}}"#,
            "0.01", "1.1"
        ),
        (#"{"prompt_tokens":1,"cost":0,"is_byok":true,"cost_details":{"upstream_inference_cost":0}}"#, "0", "null"),
        (#"{"prompt_tokens":1,"cost":0,"is_byok":true,"cost_details":null}"#, "0", "null"),
        (#"{"prompt_tokens":1,"is_byok":true}"#, nil, "null"),
    ]

    @Test(arguments: ownKeys)
    func `OpenRouter tells what a call with one's own key costs elsewhere`(
        usage: String,
        cost: String?,
        upstream: String?
    ) throws {
        let record = try record(#"{"usage":\#(usage)}"#, path: "/api/v1/chat/completions")
        #expect(record.providerCost == cost && record.units["upstream_cost_usd"] == upstream)
    }

    private static let cites = #"[{"type":"url_citation","url_citation":{"url":"u"}}]"#

    static let searches: [(model: String, asked: String, annotations: String, tools: [String: Int64])] = [
        ("gpt-4o-search-preview-2025-03-11", "", cites, ["web_search_preview": 1]),
        ("gpt-4o-search-preview", "", "[]", ["web_search_preview": 1]),
        ("gpt-5-search-api", "", #"[{"type":"url_citation"},{"type":"url_citation"}]"#, ["web_search": 1]),
        ("gpt-5-search-api", #","web_search_options":{}"#, "[]", ["web_search": 1]),
        ("gpt-4o", "", #"[{"type":"file_citation"}]"#, [:]),
        // Pages that were not searched for.
        ("gpt-4o", "", cites, [:]), ("gpt-4o-mini", #","web_search_options":null"#, cites, [:]),
        ("gpt-4o", #","web_search_options":{"search_context_size":"low"}"#, cites, ["web_search": 1]),
        ("gpt-4o", #","web_search_options":{}"#, "[]", [:]),
        ("gpt-4o", #","tools":[{"type":"web_search"}]"#, cites, ["web_search": 1]),
    ]

    @Test(arguments: searches)
    func `An answer of a chat model that searches has searched once at least`(
        model: String,
        asked: String,
        annotations: String,
        tools: [String: Int64]
    ) throws {
        let usage = #""usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}"#
        let body =
            #"{"model":"\#(model)","choices":[{"message":{"content":"x","annotations":\#(annotations)}}],\#(usage)}"#
        let request = #"{"model":"\#(model)"\#(asked)}"#
        let record = try record(body, request: request)
        #expect(record.toolCalls == tools)
        // Nothing counts them: there may have been more.
        #expect(record.units == (tools.isEmpty ? [:] : ["web_search_calls_min": "1"]))
        let chunks = stream(
            #"{"model":"\#(model)","choices":[{"delta":{"content":"x"}}]}"#,
            #"{"model":"\#(model)","choices":[{"delta":{"annotations":\#(annotations)}}]}"#,
            #"{"model":"\#(model)","choices":[],\#(usage)}"#
        )
        #expect(try self.record(chunks, isStream: true, request: request).toolCalls == tools)
    }
}
