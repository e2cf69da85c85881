import OpenAIUsage
import OpenAIUsageTestSupport
import OpenAIUsageTesting
import Testing

/// Shapes of answers that are rarer than the recorded ones, each as the API's description has it.
struct ShapeTests {
    private func call(
        _ method: String,
        _ path: String,
        _ body: String,
        type: String = "application/json"
    ) -> ObservedCall {
        var call = ObservedCall()
        call.method = method
        call.path = path
        call.fields = [("content-type", type)]
        call.body = body.bytes
        return call
    }

    private func record(_ call: ObservedCall) throws -> CallRecord {
        var call = call
        let whole = try call.record()
        call.cuts = Array(0..<call.body.count)
        #expect(try call.record().timeless == whole.timeless)
        return whole
    }

    private static let stream = "text/event-stream"
    private static let usage = #"{"input_tokens":10,"output_tokens":5,"total_tokens":15}"#

    @Test
    func `A stored completion is shown and not counted`() throws {
        let record = try record(
            call(
                "GET",
                "/v1/chat/completions/chatcmpl-9",
                #"{"id":"chatcmpl-9","model":"gpt-4o-2024-08-06","usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}"#
            )
        )
        #expect(record.endpoint.name == "chat.completions.retrieve" && !record.isCounted)
        #expect(record.usageState == .reported && record.usage.inputTokens == 3)
    }

    @Test
    func `A compaction names its model in the request alone`() throws {
        var call = call(
            "POST",
            "/v1/responses/compact",
            #"{"id":"resp_c","object":"response.compaction","usage":\#(Self.usage),"output":[]}"#
        )
        call.requestBody = #"{"model":"gpt-6.1-sol","input":"x"}"#.bytes
        let record = try record(call)
        #expect(record.model == "gpt-6.1-sol" && record.usage.inputTokens == 10 && record.responseID == "resp_c")
    }

    @Test(arguments: [
        #"{"type":"error","code":"server_error","message":"m","param":null,"sequence_number":3}"#,
        #"{"type":"error","error":{"type":"server_error","code":"server_error","message":"m","param":null}}"#,
    ])
    func `An error event of responses has two shapes`(event: String) throws {
        let body =
            "event: response.created\ndata: {\"type\":\"response.created\",\"response\":{\"id\":\"resp_1\"}}\n\nevent: error\ndata: \(event)\n\n"
        let record = try record(call("POST", "/v1/responses", body, type: Self.stream))
        #expect(record.outcome == .error && record.errorCode == "server_error" && record.responseID == "resp_1")
    }

    @Test
    func `Events of responses without names, and with a marker at the end, are told by their type`() throws {
        let body =
            "data: {\"type\":\"response.completed\",\"response\":{\"id\":\"resp_1\",\"status\":\"completed\",\"usage\":\(Self.usage)}}\n\ndata: [DONE]\n\n"
        let record = try record(call("POST", "/v1/responses", body, type: Self.stream))
        #expect(record.outcome == .completed && record.usage.totalTokens == 15)
        #expect(record.usageSource == "event:response.completed:/response/usage")
    }

    @Test
    func `Images that are streamed add up`() throws {
        let event = { (name: String) in
            "event: image_generation.\(name)\ndata: {\"type\":\"image_generation.\(name)\",\"b64_json\":\"QQ==\",\"size\":\"1024x1024\",\"quality\":\"low\",\"usage\":\(name == "completed" ? Self.usage : "null")}\n\n"
        }
        var call = call(
            "POST",
            "/v1/images/generations",
            event("partial_image") + event("completed") + event("completed"),
            type: Self.stream
        )
        call.requestBody = #"{"model":"gpt-image-2","n":2,"stream":true}"#.bytes
        let record = try record(call)
        #expect(record.usage.inputTokens == 20 && record.usage.outputTokens == 10 && record.units["images"] == "2")
        #expect(record.model == "gpt-image-2" && record.finish == "completed")
    }

    @Test
    func `Several images in one body share one usage`() throws {
        var call = call(
            "POST",
            "/v1/images/generations",
            #"{"created":1,"data":[{"b64_json":"QQ=="},{"b64_json":"QQ=="}],"usage":\#(Self.usage)}"#
        )
        call.requestBody = #"{"model":"gpt-image-2","n":2,"size":"1024x1536","quality":"high"}"#.bytes
        let record = try record(call)
        #expect(
            record.usage.inputTokens == 10 && record.units["images"] == "2" && record.units["size"] == #""1024x1536""#
        )
        #expect(record.requestOptions == ["n": "2", "size": #""1024x1536""#, "quality": #""high""#])
    }

    @Test
    func `Speech that is streamed tells its tokens at the end`() throws {
        let body =
            "data: {\"type\":\"speech.audio.delta\",\"audio\":\"QQ==\"}\r\n\r\ndata: {\"type\":\"speech.audio.done\",\"usage\":\(Self.usage)}\r\n\r\ndata: [DONE]\r\n\r\n"
        var call = call("POST", "/v1/audio/speech", body, type: Self.stream)
        call.requestBody =
            #"{"model":"gpt-4o-mini-tts","input":"Hello","stream_format":"sse","response_format":"mp3"}"#.bytes
        let record = try record(call)
        #expect(
            record.usageState == .reported && record.usage.outputTokens == 5 && record.units["input_characters"] == nil
        )
        #expect(record.requestOptions == ["stream_format": #""sse""#, "response_format": #""mp3""#])
    }

    @Test
    func `A transcription that is streamed tells its usage at the end`() throws {
        let body =
            "data: {\"type\":\"transcript.text.delta\",\"delta\":\"a\"}\r\n\r\ndata: {\"type\":\"transcript.text.done\",\"text\":\"a\",\"usage\":{\"type\":\"tokens\",\"input_tokens\":14,\"input_token_details\":{\"text_tokens\":0,\"audio_tokens\":14},\"output_tokens\":45,\"total_tokens\":59}}\r\n\r\ndata: [DONE]\r\n\r\n"
        let record = try record(call("POST", "/v1/audio/transcriptions", body, type: Self.stream))
        #expect(record.usage[.audioInputTokens] == 14 && record.usage.outputTokens == 45)
    }

    @Test
    func `The lines of a batch's output add up, errors apart`() throws {
        let line = { (tokens: Int) in
            #"{"id":"batch_req_1","custom_id":"a","response":{"status_code":200,"request_id":"x","body":{"id":"chatcmpl-1","model":"gpt-4o-mini-2024-07-18","service_tier":"default","usage":{"prompt_tokens":\#(tokens),"completion_tokens":1,"total_tokens":\#(tokens + 1)}}},"error":null}"#
        }
        let failed =
            #"{"id":"batch_req_2","custom_id":"b","response":{"status_code":400,"body":{"error":{"message":"m","type":"invalid_request_error"}}},"error":null}"#
        let record = try record(
            call(
                "GET",
                "/v1/files/file-out/content",
                [line(3), failed, line(4)].joined(separator: "\n"),
                type: "application/octet-stream"
            )
        )
        #expect(record.usage.inputTokens == 7 && record.usage.outputTokens == 2 && record.serviceTier == "batch")
        #expect(record.responseID == "file-out" && record.outcome == .completed && record.isCounted)
    }

    @Test
    func `The steps of a run are part of it`() throws {
        let body =
            "event: thread.run.step.completed\ndata: {\"id\":\"step_1\",\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":5,\"total_tokens\":10}}\n\n"
            + "event: thread.run.failed\ndata: {\"id\":\"run_1\",\"status\":\"failed\",\"model\":\"gpt-4o\",\"last_error\":{\"code\":\"server_error\"},\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":5,\"total_tokens\":12,\"prompt_token_details\":{\"cached_tokens\":2}}}\n\nevent: done\ndata: [DONE]\n\n"
        let record = try record(call("POST", "/v1/threads/t/runs", body, type: Self.stream))
        #expect(record.usage.totalTokens == 12 && record.usage.cachedInputTokens == 2 && record.finish == "failed")
    }

    @Test
    func `What an organization has spent is not metered`() throws {
        let record = try record(
            call(
                "GET",
                "/v1/organization/costs?start_time=1",
                #"{"object":"page","data":[{"object":"bucket","results":[{"input_tokens":10,"amount":{"value":0.06,"currency":"usd"}}]}],"usage":\#(Self.usage)}"#
            )
        )
        #expect(record.usageState == .notApplicable && record.usage.isEmpty && record.units.isEmpty)
    }

    @Test
    func `A page of a captive portal is not an answer`() throws {
        let record = try record(
            call("POST", "/v1/chat/completions", "<html>Log in</html>", type: "text/html; charset=utf-8")
        )
        #expect(record.usageState == .unparsable && record.usage.isEmpty)
    }

    @Test
    func `An error may be a plain text`() throws {
        var call = call("POST", "/v1/responses", #"{"error":"You have insufficient permissions for this operation."}"#)
        call.status = 403
        let record = try record(call)
        #expect(record.outcome == .error && record.errorType == nil && record.errorCode == nil)
        #expect(!String(reflecting: record).contains("insufficient"))
    }

    @Test
    func `The models of an evaluation are told apart`() throws {
        let record = try record(
            call(
                "GET",
                "/v1/evals/e/runs/r",
                #"{"id":"r","status":"completed","per_model_usage":[{"model_name":"a","prompt_tokens":1,"completion_tokens":2,"total_tokens":3,"cached_tokens":1},{"model_name":"b","prompt_tokens":10,"completion_tokens":20,"total_tokens":30,"cached_tokens":0}]}"#
            )
        )
        #expect(record.usage.inputTokens == 11 && record.units["per_model.a.cached_input_tokens"] == "1")
        #expect(record.units["per_model.b.output_tokens"] == "20")
    }

    private func record(path: String, messages: [String]) throws -> CallRecord {
        var call = call("GET", path, "")
        call.status = 101
        let sink = RecordingSink()
        let exchange = call.exchange(sink: sink)
        call.feed(exchange)
        for message in messages { exchange.receive(message: Array(message.utf8).span.bytes) }
        exchange.finish(.completed)
        return try #require(sink.records.first)
    }

    @Test(
        arguments: [
            #"{"audio":{"input":{"transcription":{"model":"whisper-1"}}}}"#,
            #"{"input_audio_transcription":{"model":"whisper-1","language":"en"}}"#,
        ]
    )
    func `A session names the model that transcribes`(session: String) throws {
        let usage = #"{"type":"duration","seconds":3.5}"#
        let record = try record(
            path: "/v1/realtime",
            messages: [
                #"{"type":"session.created","session":{"model":"gpt-realtime-2.1"}}"#,
                #"{"type":"session.updated","session":\#(session)}"#,
                #"{"type":"conversation.item.input_audio_transcription.completed","usage":\#(usage)}"#,
            ]
        )
        #expect(record.units["transcription.model"] == #""whisper-1""#)
        #expect(record.units["transcription.audio_seconds"] == #""3.5""# && record.model == "gpt-realtime-2.1")
    }

    @Test
    func `The counters of two models have no one model`() throws {
        func delegated(_ model: String, _ id: String) -> String {
            let usage = #"{"input_tokens":10,"output_tokens":2,"total_tokens":12}"#
            return
                #"{"type":"response.event","event":{"response":{"id":"\#(id)","model":"\#(model)","usage":\#(usage)}}}"#
        }
        let one = try record(path: "/v1/live", messages: [delegated("a", "1"), delegated("a", "2")])
        #expect(one.units["delegated.model"] == #""a""# && one.units["delegated.input_tokens"] == "20")
        let two = try record(
            path: "/v1/live",
            messages: [delegated("a", "1"), delegated("b", "2"), delegated("a", "3")]
        )
        #expect(two.units["delegated.model"] == "null" && two.units["delegated.input_tokens"] == "30")
    }

    static let options: [(body: String, options: [String: String])] = [
        (
            #"{"prompt_cache_options":{"mode":"explicit","ttl":"12h","prewarm":true},"prompt_cache_retention":"24h"}"#,
            [
                "prompt_cache_mode": #""explicit""#, "prompt_cache_ttl": #""12h""#, "prompt_cache_prewarm": "true",
                "prompt_cache_retention": #""24h""#,
            ]
        ),
        (
            #"{"stream_options":{"include_usage":false},"n":3.0,"background":false}"#,
            ["include_usage": "false", "n": "3", "background": "false"]
        ),
        (#"{"n":1,"n":null,"size":"auto","size":"not a size"}"#, [:]),
        (#"{"quality":"\#(String(repeating: "q", count: 33))"}"#, [:]),
        (
            #"{"response_format":{"type":"json_schema"},"n":1.5,"memory_limit":"4g","seconds":"8"}"#,
            ["memory_limit": #""4g""#, "seconds": #""8""#]
        ),
    ]

    @Test(arguments: options)
    func `What the request chose and is billed by is kept`(body: String, options: [String: String]) throws {
        var call = call("POST", "/v1/responses", "{}")
        call.requestBody = body.bytes
        #expect(try call.record().requestOptions == options)
        call.requestCuts = Array(0..<call.requestBody.count)
        #expect(try call.record().requestOptions == options)
    }

    @Test(arguments: ["gzip", "deflate"])
    func `A request that is compressed is read all the same`(coding: String) throws {
        var call = call("POST", "/v1/chat/completions", "{}")
        let body = #"{"model":"gpt-4o","stream":true,"n":2}"#.bytes
        call.requestFields = [("content-encoding", coding)]
        call.requestBody = DeflateWriter.encoded(body, as: coding == "gzip" ? .gzip : .zlib)
        let record = try call.record()
        #expect(record.requestModel == "gpt-4o" && record.requestOptions == ["n": "2"])
        call.requestFields = [("content-encoding", "br")]
        #expect(try call.record().requestModel == nil)
        call.requestFields = [("content-encoding", coding)]
        call.requestBody = body
        #expect(try call.record().requestModel == nil)
    }
}
