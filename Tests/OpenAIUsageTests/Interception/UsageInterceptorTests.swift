import HTTPTypes
import OpenAIUsage
import OpenAIUsageTestSupport
import OpenAIUsageTesting
import Synchronization
import Testing

/// Every attempt through the chain is one record, however it ends.
struct UsageInterceptorTests {
    static let json: [(name: String, value: String)] = [("content-type", "application/json")]
    static let stream: [(name: String, value: String)] = [("content-type", "text/event-stream")]
    static let document =
        #"{"id":"chatcmpl-1","model":"gpt-4o-2024-08-06","usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}"#
    static let chunks = [
        "data: {\"id\":\"c\",\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n",
        "data: {\"id\":\"c\",\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4,\"total_tokens\":7}}\n\n",
        "data: [DONE]\n\n",
    ]

    private func metered(
        _ answer: ScriptedTransport.Answer,
        _ sink: RecordingSink
    ) -> InterceptedTransport<ScriptedTransport> {
        let meter = UsageMeter(sink: sink, configuration: ExchangeConfiguration(clock: ManualClock()))
        return ScriptedTransport([answer]).intercepted(by: UsageInterceptor(meter))
    }

    private static let request = Request.post("/v1/chat/completions", #"{"model":"gpt-4o","stream":true}"#)

    @Test
    func `A body read to its end is completed, and comes through unchanged`() async throws {
        let sink = RecordingSink()
        let transport = metered(
            .response(
                200,
                Self.json,
                Body(PieceStream(["{\"id\":\"chatcmpl-1\",", String(Self.document.dropFirst(19))]))
            ),
            sink
        )
        let response = try await transport.send(Self.request)
        #expect(sink.records.isEmpty)
        let bytes = try await response.body.collect(upTo: 1 << 20)
        #expect(String(decoding: bytes, as: UTF8.self) == Self.document)
        let record = try #require(sink.records.first)
        #expect(sink.records.count == 1 && record.outcome == .completed && record.usage.totalTokens == 7)
        #expect(record.requestModel == "gpt-4o" && record.source == .library)
    }

    @Test
    func `A stream whose reader stops at the end marker is completed`() async throws {
        let sink = RecordingSink()
        let source = PieceStream(Self.chunks + [": never read\n\n"])
        let response = try await metered(.response(200, Self.stream, Body(source)), sink).send(Self.request)
        for try await piece in response.body where piece.starts(with: "data: [DONE]".utf8) { break }
        let record = try #require(sink.records.first)
        #expect(record.outcome == .completed && record.usage.totalTokens == 7)
        #expect(source.pulled == 3 && source.isReleased)
    }

    @Test
    func `A stream whose reader stops early is abandoned, while the response is still there`() async throws {
        let sink = RecordingSink()
        let source = PieceStream(Self.chunks)
        let response = try await metered(.response(200, Self.stream, Body(source)), sink).send(Self.request)
        for try await _ in response.body { break }
        #expect(sink.records.map(\.outcome) == [.abandoned] && sink.records[0].usageState == .cut)
        #expect(source.pulled == 1 && source.isReleased)
        #expect(response.head.status == .ok)
    }

    @Test
    func `A body that is never read is abandoned when the response goes away`() async throws {
        let sink = RecordingSink()
        let source = PieceStream(Self.chunks)
        do {
            let response = try await metered(.response(200, Self.stream, Body(source)), sink).send(Self.request)
            #expect(response.head.status == .ok && sink.records.isEmpty)
        }
        #expect(sink.records.map(\.outcome) == [.abandoned] && source.iterations == 0)
    }

    /// Responses that have no body, and how a transport may hand one over.
    static let bodyless:
        [(method: HTTPRequest.Method, status: Int, fields: [(name: String, value: String)], body: Body)] =
            [
                (.post, 204, [], Body()), (.post, 204, [], Body(PieceStream([]))),
                (.post, 204, [("content-length", "7")], Body(PieceStream([]))),
                (.delete, 200, [("content-length", "0")], Body(PieceStream([]))),
                (.delete, 200, json, Body(PieceStream([]), length: 0)), (.get, 304, [], Body(PieceStream([]))),
                (.head, 200, [("content-length", "70")], Body(PieceStream([]))),
            ]

    @Test(arguments: bodyless.indices)
    func `A response without a body that nobody reads is completed`(index: Int) async throws {
        let (method, status, fields, body) = Self.bodyless[index]
        let sink = RecordingSink()
        var request = Request.post("/v1/responses/resp_1", "")
        request.head.method = method
        request.body = nil
        let response = try await metered(.response(status, fields, body), sink).send(request)
        #expect(sink.records.map(\.outcome) == [.completed] && sink.records.first?.status == status)
        #expect(try await response.body.collect(upTo: 0).isEmpty)
        #expect(sink.records.count == 1)
    }

    @Test(arguments: [[("content-length", "0"), ("content-length", "2")], [("transfer-encoding", "chunked")], []])
    func `A response that may have a body and goes away unread is abandoned`(
        fields: [(name: String, value: String)]
    ) async throws {
        let sink = RecordingSink()
        _ = try await metered(.response(200, fields, Body(PieceStream(["{}"]))), sink).send(Self.request)
        #expect(sink.records.map(\.outcome) == [.abandoned])
    }

    static let failures: [(error: any Error, head: Outcome, body: Outcome)] = [
        (TransportError(.unreachable, ""), .unreachable, .cut), (TransportError(.timeout, ""), .timeout, .timeout),
        (TransportError(.connectionLost, ""), .unreachable, .cut),
        (TransportError(.cancelled, ""), .abandoned, .abandoned),
        (CancellationError(), .abandoned, .abandoned), (TransportError(.failed, ""), .unreachable, .cut),
    ]

    @Test(arguments: failures.indices)
    func `An error before the head and one inside the body end the attempt`(index: Int) async throws {
        let (error, head, body) = Self.failures[index]
        var sink = RecordingSink()
        await #expect(throws: (any Error).self) { try await metered(.failure(error), sink).send(Self.request) }
        #expect(sink.records.map(\.outcome) == [head])
        sink = RecordingSink()
        let source = PieceStream(Array(Self.chunks.prefix(1)), failure: error)
        let response = try await metered(.response(200, Self.stream, Body(source)), sink).send(Self.request)
        await #expect(throws: (any Error).self) { for try await _ in response.body {} }
        #expect(sink.records.map(\.outcome) == [body])
    }

    @Test
    func `Tags come from the context, the task and the field, which does not go over the wire`() async throws {
        let sink = RecordingSink()
        let transport = ScriptedTransport([.response(200, Self.json, Body(Self.document))])
        let meter = UsageMeter(sink: sink)
        let request = Request.post("/v1/chat/completions", "{}", [("OpenAI-Usage-Tags", "feature=rag,team=mine")])
        let response = try await withUsageTags(["team": "search", "tier": "a"]) {
            try await transport.intercepted(by: UsageInterceptor(meter)).send(request)
        }
        _ = try await response.body.collect(upTo: 1 << 20)
        #expect(sink.records.first?.tags == ["feature": "rag", "team": "mine", "tier": "a"])
        #expect(try transport.requests.first?.head.headerFields[#require(HTTPField.Name("OpenAI-Usage-Tags"))] == nil)
    }

    @Test
    func `A request whose body is a stream is read as it is sent`() async throws {
        let sink = RecordingSink()
        let transport = ScriptedTransport([.response(200, Self.json, Body(Self.document))])
        var request = Self.request
        request.body = Body(PieceStream([#"{"mod"#, #"el":"gpt-4o-mini"}"#]), length: 23)
        _ = try await transport.intercepted(by: UsageInterceptor(UsageMeter(sink: sink))).send(request).body.collect(
            upTo: 1 << 20
        )
        #expect(sink.records.first?.requestModel == "gpt-4o-mini")
        #expect(transport.requests.first?.body?.bytes == Array(#"{"model":"gpt-4o-mini"}"#.utf8))
    }

    @Test
    func `A stream can be read once, bytes as often as one likes`() async throws {
        let stream = Body(PieceStream(["a", "b"]))
        #expect(try await stream.collect(upTo: 2) == Array("ab".utf8))
        await #expect { try await stream.collect(upTo: 2) } throws: { ($0 as? TransportError)?.code == .bodyConsumed }
        let bytes = Body("ab")
        for _ in 0..<2 { #expect(try await bytes.collect(upTo: 2) == Array("ab".utf8)) }
        await #expect { try await bytes.collect(upTo: 1) } throws: { ($0 as? TransportError)?.code == .bodyTooLarge }
        #expect(
            try await Body().collect(upTo: 0).isEmpty && bytes.length == 2 && bytes.isReplayable && !stream.isReplayable
        )
    }

    @Test
    func `The first interceptor is the outermost`() async throws {
        let order = Mutex<[String]>([])
        struct Layer: Interceptor {
            let name: String
            let note: @Sendable (String) -> Void

            func intercept(
                _ request: Request,
                context: CallContext,
                next: (Request, CallContext) async throws -> Response
            ) async throws -> Response {
                note("\(name) out")
                defer { note("\(name) back") }
                return try await next(request, context)
            }
        }
        let note: @Sendable (String) -> Void = { text in order.withLock { $0.append(text) } }
        let transport = ScriptedTransport([.response(200, [], Body())])
            .intercepted(by: Layer(name: "a", note: note), Layer(name: "b", note: note))
        _ = try await transport.send(Self.request)
        #expect(order.withLock { $0 } == ["a out", "b out", "b back", "a back"])
    }
}
