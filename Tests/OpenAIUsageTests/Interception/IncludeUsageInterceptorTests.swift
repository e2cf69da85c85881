import HTTPTypes
import OpenAIUsage
import OpenAIUsageTestSupport
import Testing

struct IncludeUsageInterceptorTests {
    private static let sent = [
        "data: {\"id\":\"c\",\"choices\":[{\"delta\":{\"content\":\"a\"}}],\"usage\":null}\n\n",
        "data: {\"id\":\"c\",\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4,\"total_tokens\":7}}\n\ndata: [DONE]\n\n",
    ]
    private static let expected =
        "data: {\"id\":\"c\",\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\ndata: [DONE]\n\n"

    private func run(
        _ request: Request,
        _ answer: ScriptedTransport.Answer
    ) async throws -> (ScriptedTransport, CallRecord?, String) {
        let sink = CollectingSink()
        let script = ScriptedTransport([answer])
        let transport = script.intercepted(by: IncludeUsageInterceptor(), UsageInterceptor(UsageMeter(sink: sink)))
        let bytes = try await transport.send(request).body.collect(upTo: 1 << 20)
        return (script, sink.records.first, String(decoding: bytes, as: UTF8.self))
    }

    private static var answer: ScriptedTransport.Answer {
        .response(200, UsageInterceptorTests.stream, Body(PieceStream(sent)))
    }

    @Test
    func `A stream is metered that was not asked to tell its usage, and the caller sees nothing of it`() async throws {
        let request = Request.post(
            "/v1/chat/completions",
            #"{"model":"m","stream":true}"#,
            [("content-length", "27"), ("accept-encoding", "gzip")]
        )
        let (script, record, text) = try await run(request, Self.answer)
        let sent = try #require(script.requests.first)
        #expect(sent.body?.bytes == Array(#"{"model":"m","stream":true,"stream_options":{"include_usage":true}}"#.utf8))
        #expect(sent.head.headerFields[.contentLength] == "67" && sent.head.headerFields[.acceptEncoding] == "identity")
        #expect(record?.usage.totalTokens == 7 && record?.outcome == .completed)
        #expect(text == Self.expected)
    }

    @Test(arguments: [
        #"{"model":"m","stream":true,"stream_options":{"include_usage":true}}"#, #"{"model":"m"}"#, "no JSON",
    ])
    func `A request that asks itself, or streams nothing, is left alone`(body: String) async throws {
        let (script, _, text) = try await run(Request.post("/v1/chat/completions", body), Self.answer)
        #expect(script.requests.first?.body?.bytes == Array(body.utf8) && text == Self.sent.joined())
    }

    @Test
    func `Other endpoints are left alone`() async throws {
        let body = #"{"model":"m","stream":true}"#
        let (script, _, text) = try await run(Request.post("/v1/responses", body), Self.answer)
        #expect(script.requests.first?.body?.bytes == Array(body.utf8) && text == Self.sent.joined())
    }

    @Test
    func `An error to a rewritten request comes through as it is`() async throws {
        let error = #"{"error":{"message":"m"},"usage":null,"choices":[]}"#
        let request = Request.post("/v1/chat/completions", #"{"stream":true}"#)
        let (_, record, text) = try await run(request, .response(400, UsageInterceptorTests.json, Body(error)))
        #expect(text == error && record?.outcome == .error)
    }

    @Test
    func `A body that is a stream is collected if it is short, else passed on`() async throws {
        var request = Request.post("/v1/chat/completions", "")
        request.body = Body(PieceStream([#"{"str"#, #"eam":true}"#]), length: 15)
        let (script, _, text) = try await run(request, Self.answer)
        #expect(script.requests.first?.body?.bytes?.count == 55 && text == Self.expected)
        request.body = Body(PieceStream([#"{"stream":true}"#]))
        let (other, _, unchanged) = try await run(request, Self.answer)
        #expect(other.requests.first?.body?.bytes?.count == 15 && unchanged == Self.sent.joined())
    }
}
