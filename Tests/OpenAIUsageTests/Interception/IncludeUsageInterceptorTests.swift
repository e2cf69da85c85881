import HTTPTypes
import OpenAIUsage
import OpenAIUsageTestSupport
import OpenAIUsageTesting
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
        let sink = RecordingSink()
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

    // MARK: - Signatures

    static let signatures: [(name: String, value: String)] = [
        ("content-digest", "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:"),
        ("repr-digest", "sha-256=:YMAam51Jz/jOATT6/zvHrLVgOYTGFy1d6GJiOHTohq4=:"),
        ("Digest", "SHA-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE="), ("content-md5", "Q2hlY2sgSW50ZWdyaXR5IQ=="),
        ("signature-input", "sig1=()"), ("signature", "sig1=:AA==:"), ("x-amz-content-sha256", "UNSIGNED-PAYLOAD"),
        ("authorization", "AWS4-HMAC-SHA256 Credential=A/20261128/us-east-1/bedrock/aws4_request"),
        ("authorization", "Signature keyId=\"k\""), ("authorization", "TC3-HMAC-SHA256 Credential=A"),
    ]

    @Test(arguments: signatures)
    func `A request that is signed or hashed is sent as it is, and its row says so`(
        field: (name: String, value: String)
    ) async throws {
        let body = #"{"model":"m","stream":true}"#
        let request = Request.post("/v1/chat/completions", body, [field, ("content-length", "27")])
        let (script, record, text) = try await run(request, Self.answer)
        let sent = try #require(script.requests.first)
        #expect(sent.body?.bytes == Array(body.utf8) && sent.head.headerFields[.contentLength] == "27")
        #expect(sent.head.headerFields[.acceptEncoding] == nil)
        #expect(text == Self.sent.joined() && record?.diagnostics["include-usage"] == "signed")
    }

    @Test(arguments: [#"{"model":"m"}"#, #"{"stream":true,"stream_options":{"include_usage":true}}"#])
    func `A signed request that is told its usage anyway has no note`(body: String) async throws {
        let request = Request.post("/v1/chat/completions", body, [Self.signatures[0]])
        let (_, record, _) = try await run(request, Self.answer)
        #expect(record?.diagnostics["include-usage"] == nil)
    }

    @Test(arguments: ["Bearer sk-hmac", "Basic QVdTNC0="])
    func `A key is not a signature`(credentials: String) async throws {
        let request = Request.post(
            "/v1/chat/completions",
            #"{"model":"m","stream":true}"#,
            [("authorization", credentials)]
        )
        let (_, record, text) = try await run(request, Self.answer)
        #expect(text == Self.expected && record?.diagnostics["include-usage"] == nil)
    }

    // MARK: - Refusals

    private static let own = #"{"model":"m","stream":true}"#
    private static let refusal = #"{"error":{"message":"Unknown parameter: 'stream_options'."}}"#

    private struct Chain {
        let sink = RecordingSink()
        let clock = ManualClock()
        let script: ScriptedTransport
        let transport: InterceptedTransport<ScriptedTransport>
        let meter: UsageMeter

        init(_ answers: [ScriptedTransport.Answer]) {
            script = ScriptedTransport(answers)
            meter = UsageMeter(sink: sink, configuration: ExchangeConfiguration(clock: clock))
            transport = script.intercepted(by: IncludeUsageInterceptor(clock: clock), UsageInterceptor(meter))
        }

        func send(_ body: String = own) async throws -> String {
            let response = try await transport.send(Request.post("/v1/chat/completions", body))
            return String(decoding: try await response.body.collect(upTo: 1 << 20), as: UTF8.self)
        }
    }

    private static var plain: ScriptedTransport.Answer {
        .response(200, UsageInterceptorTests.stream, Body(PieceStream(["data: {\"choices\":[1]}\n\ndata: [DONE]\n\n"])))
    }

    @Test(arguments: [
        (400, UsageInterceptorTests.json, [refusal]),
        (422, UsageInterceptorTests.json, [#"{"loc":["body","stream_"#, #"options"]}"#]),
        (200, UsageInterceptorTests.json, [refusal]), (200, UsageInterceptorTests.stream, [refusal]),
        (200, UsageInterceptorTests.stream, ["data: \(refusal)"]),
    ])
    func `An upstream that refuses the option gets the caller's own request, which has the one record`(
        status: Int,
        fields: [(name: String, value: String)],
        body: [String]
    ) async throws {
        let chain = Chain([.response(status, fields, Body(PieceStream(body))), Self.plain, Self.plain, Self.answer])
        #expect(try await chain.send() == "data: {\"choices\":[1]}\n\ndata: [DONE]\n\n")
        let bodies = chain.script.requests.map { String(decoding: $0.body?.bytes ?? [], as: UTF8.self) }
        #expect(bodies.count == 2 && bodies[0].contains("include_usage") && bodies[1] == Self.own)
        var record = try #require(chain.sink.records.first)
        #expect(chain.sink.records.count == 1 && chain.meter.openCalls == 0)
        #expect(record.status == 200 && record.outcome == .completed && record.usageState == .missing)
        #expect(record.diagnostics["include-usage"] == "refused")
        // What was refused is not asked for again, until some time has passed.
        _ = try await chain.send()
        record = try #require(chain.sink.records.last)
        #expect(chain.script.requests.count == 3 && record.diagnostics["include-usage"] == "refused-before")
        chain.clock.advance(seconds: 601)
        #expect(try await chain.send() == Self.expected)
        #expect(chain.sink.records.last?.usage.totalTokens == 7 && chain.sink.records.count == 3)
    }

    @Test
    func `A refusal that was about something else is not remembered, and the caller gets the second answer`()
        async throws
    {
        let other = #"{"error":{"message":"No messages in {stream_options: ...}"}}"#
        let chain = Chain([
            .response(400, UsageInterceptorTests.json, Body(other)),
            .response(400, UsageInterceptorTests.json, Body("{}")),
            Self.answer,
        ])
        #expect(try await chain.send() == "{}")
        #expect(chain.sink.records.map(\.status) == [400])
        #expect(try await chain.send() == Self.expected)
    }

    @Test
    func `What is held of a response that breaks off is handed over before the error`() async throws {
        let start = #"{"error":{"mess"#
        let body = Body(PieceStream([start], failure: TransportError(.connectionLost, "gone")))
        let chain = Chain([.response(400, UsageInterceptorTests.json, body)])
        let response = try await chain.transport.send(Request.post("/v1/chat/completions", Self.own))
        var iterator = response.body.makeAsyncIterator()
        #expect(try await iterator.next(isolation: nil).map { String(decoding: $0, as: UTF8.self) } == start)
        await #expect(throws: TransportError.self) { _ = try await iterator.next(isolation: nil) }
        #expect(chain.sink.records.map(\.status) == [400])
    }

    @Test
    func `Plain bytes that claim to be encoded come through as they came`() async throws {
        let fields = UsageInterceptorTests.stream + [("content-encoding", "gzip")]
        let chain = Chain([.response(200, fields, Body(PieceStream(Self.sent)))])
        let response = try await chain.transport.send(Request.post("/v1/chat/completions", Self.own))
        #expect(response.head.headerFields[.contentEncoding] == "gzip")
        #expect(try await response.body.collect(upTo: 1 << 20) == Array(Self.sent.joined().utf8))
    }

    @Test
    func `Events under another label are stripped, and a document under theirs is not`() async throws {
        var chain = Chain([.response(200, UsageInterceptorTests.json, Body(PieceStream(Self.sent)))])
        #expect(try await chain.send() == Self.expected)
        let document = #"{"choices":[],"usage":null}"#
        chain = Chain([.response(200, UsageInterceptorTests.stream, Body(document))])
        #expect(try await chain.send() == document)
    }
}
