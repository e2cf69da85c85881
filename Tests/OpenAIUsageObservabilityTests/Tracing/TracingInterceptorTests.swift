import HTTPTypes
import InMemoryTracing
import Instrumentation
import OpenAIUsage
import OpenAIUsageObservability
import OpenAIUsageTestSupport
import OpenAIUsageTesting
import Synchronization
import Testing
import Tracing

/// One span for every call, ended once, however the call ends.
struct TracingInterceptorTests {
    private let tracer = TraceContextTracer()

    private var spans: [FinishedInMemorySpan] { tracer.base.finishedSpans }

    private func traced(
        _ answers: ScriptedTransport.Answer...
    ) -> (
        transport: InterceptedTransport<ScriptedTransport>, script: ScriptedTransport
    ) {
        let script = ScriptedTransport(answers)
        return (script.intercepted(by: TracingInterceptor(tracer: tracer)), script)
    }

    @Test
    func `A call is a client span with the conventions' attributes and no others`() async throws {
        let (transport, script) = traced(Sample.answer())
        let response = try await transport.send(Sample.request(authority: "api.openai.com:8443"))
        #expect(spans.isEmpty && tracer.base.activeSpans.count == 1)
        #expect(try await response.read() == Sample.document)
        let span = try #require(spans.first)
        #expect(spans.count == 1 && tracer.endings == 1)
        #expect(span.operationName == "chat gpt-4o" && span.kind == .client)
        #expect(span.status == nil && span.errors.isEmpty && span.events.isEmpty)
        let expected: [String: SpanAttribute] = [
            "gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-4o",
            "gen_ai.response.model": "gpt-4o-2024-08-06", "gen_ai.response.id": "chatcmpl-1",
            "gen_ai.usage.input_tokens": 30, "gen_ai.usage.output_tokens": 40,
            "gen_ai.usage.cache_read.input_tokens": 20, "gen_ai.usage.reasoning.output_tokens": 10,
            "openai.api.type": "chat_completions", "openai.request.service_tier": "flex",
            "openai.response.service_tier": "default", "openai.request_id": "req_1", "http.request.method": "POST",
            "http.response.status_code": 200, "server.address": "api.openai.com", "server.port": 8443,
            "oai_usage.outcome": "completed",
        ]
        #expect(span.attributes == SpanAttributes(expected))
        #expect(script.requests.first?.head.headerFields.value("OpenAI-Usage-Tags") != nil)
        #expect(script.requests.first?.head.headerFields.value("bad name") == nil)
    }

    @Test
    func `A stream tells the time to its first content`() async throws {
        let clock = ManualClock()
        let script = ScriptedTransport([
            .response(200, Sample.events, Body(Sample.Ticking(clock: clock, pieces: Sample.chunks)))
        ])
        let transport = script.intercepted(by: TracingInterceptor(tracer: tracer, clock: clock))
        try await transport.send(Sample.request(stream: true)).read()
        let attributes = try #require(spans.first).attributes
        #expect(attributes.get("gen_ai.response.time_to_first_chunk") == .double(0.5))
        #expect(attributes.get("gen_ai.request.stream") == .bool(true))
        #expect(attributes.get("gen_ai.usage.output_tokens") == .int64(4))
    }

    @Test
    func `A reader that stops at the end marker has completed the call, one that stops early has not`() async throws {
        let (transport, _) = traced(Sample.stream(), Sample.stream(), Sample.stream())
        var response = try await transport.send(Sample.request(stream: true))
        for try await piece in response.body where piece.starts(with: "data: [DONE]".utf8) { break }
        response = try await transport.send(Sample.request(stream: true))
        for try await _ in response.body { break }
        do { _ = try await transport.send(Sample.request(stream: true)) }
        let outcomes = spans.map { $0.attributes.get("oai_usage.outcome") }
        #expect(outcomes == ["completed", "abandoned", "abandoned"] && tracer.endings == 3)
        #expect(spans.allSatisfy { $0.status == nil && $0.attributes.get("error.type") == nil })
        #expect(response.head.status == .ok && tracer.base.activeSpans.isEmpty)
    }

    @Test(arguments: Sample.failures.indices)
    func `An error before the head and one inside the body end the span`(index: Int) async throws {
        let (error, head, body) = Sample.failures[index]
        let (transport, _) = traced(.failure(error), Sample.stream(failure: error))
        await #expect(throws: (any Error).self) { try await transport.send(Sample.request()) }
        #expect(spans.count == 1)
        let response = try await transport.send(Sample.request(stream: true))
        await #expect(throws: (any Error).self) { try await response.read() }
        #expect(spans.count == 2 && tracer.endings == 2)
        for (span, outcome) in zip(spans, [head, body]) {
            let isFailure = outcome != .abandoned
            #expect(span.attributes.get("oai_usage.outcome") == .string(outcome.rawValue))
            #expect(span.attributes.get("error.type") == (isFailure ? .string(outcome.rawValue) : nil))
            #expect(span.status == (isFailure ? SpanStatus(code: .error) : nil))
        }
    }

    @Test(
        arguments: [
            (429, Sample.error, "insufficient_quota"), (500, "<html>\(Sample.errorText)</html>", "500"),
            (400, #"{"error":{"message":"m","type":"invalid_request_error","code":null}}"#, "invalid_request_error"),
        ]
    )
    func `An error of the API is named by its code, its type, or its status`(
        status: Int,
        body: String,
        name: String
    ) async throws {
        let (transport, _) = traced(.response(status, Sample.json, Body(body)))
        try await transport.send(Sample.request()).read()
        let span = try #require(spans.first)
        #expect(span.attributes.get("error.type") == .string(name) && span.status == SpanStatus(code: .error))
        #expect(span.attributes.get("http.response.status_code") == .int64(Int64(status)))
        #expect(span.attributes.get("gen_ai.response.model") == nil)
    }

    @Test
    func `Tokens stand in the span of the call that has used them, not where its response is shown again`() async throws
    {
        let (transport, _) = traced(Sample.answer(), Sample.answer())
        try await transport.send(Sample.request()).read()
        let head = HTTPRequest(
            method: .get,
            scheme: "https",
            authority: "api.openai.com",
            path: "/v1/chat/completions/chatcmpl-1"
        )
        try await transport.send(Request(head: head)).read()
        #expect(spans.map(\.operationName) == ["chat gpt-4o", "chat.completions.retrieve"])
        #expect(spans.map { $0.attributes.get("gen_ai.usage.input_tokens") } == [30, nil])
        #expect(spans.map { $0.attributes.get("gen_ai.response.id") } == ["chatcmpl-1", "chatcmpl-1"])
    }

    @Test
    func `What carries the call runs in the span's context, a child of the caller's`() async throws {
        let (transport, script) = traced(Sample.answer())
        _ = try await tracer.withSpan("caller") { _ in
            try await transport.send(Sample.request([("traceparent", "00-\(String(repeating: "f", count: 32))-1-01")]))
                .read()
        }
        let caller = try #require(spans.first { $0.operationName == "caller" })
        let call = try #require(spans.first { $0.operationName != "caller" })
        #expect(call.traceID == caller.traceID && call.parentSpanID == caller.spanID)
        #expect(script.contexts.first??.inMemorySpanContext == call.spanContext)
        let parent = script.requests.first?.head.headerFields.value("traceparent")
        #expect(parent == "00-\(call.traceID)-\(call.spanID)-01")
        #expect(ServiceContext.current == nil)
    }

    @Test
    func `A record further in bears the span's trace, and the call's tags`() async throws {
        let sink = RecordingSink()
        let script = ScriptedTransport([Sample.answer()])
        let transport = script.intercepted(
            by: TracingInterceptor(tracer: tracer),
            UsageInterceptor(UsageMeter(sink: sink))
        )
        try await transport.send(Sample.request()).read()
        let record = try #require(sink.records.first)
        let span = try #require(spans.first)
        #expect(sink.records.count == 1 && record.traceID == span.traceID && record.usage.totalTokens == 70)
        #expect(record.tags["team"] == Sample.tag)
        #expect(script.requests.first?.head.headerFields.value("OpenAI-Usage-Tags") == nil)
    }

    @Test(arguments: [true, false])
    func `Outside of the retries a span is a call, inside an attempt`(isOutside: Bool) async throws {
        let script = ScriptedTransport([Sample.answer(500), Sample.answer()])
        let retry = RetryInterceptor(sleep: { _ in }, random: { 0 })
        let tracing = TracingInterceptor(tracer: tracer)
        let layers: [any Interceptor] = isOutside ? [tracing, retry] : [retry, tracing]
        try await InterceptedTransport(script, layers).send(Sample.request()).read()
        let statuses = spans.map { $0.attributes.get("http.response.status_code") }
        let attempts = spans.map { $0.attributes.get("http.request.resend_count") }
        #expect(statuses == (isOutside ? [200] : [500, 200]))
        #expect(attempts == (isOutside ? [nil] : [nil, 1]))
    }

    @Test
    func `The tracer of the system is asked at each call, and without one nothing is done`() async throws {
        let script = ScriptedTransport([Sample.answer(), Sample.answer()])
        let transport = script.intercepted(by: TracingInterceptor())
        try await withTracer(tracer) { () async throws -> Void in try await transport.send(Sample.request()).read() }
        #expect(spans.count == 1)
        let response = try await transport.send(Sample.request())
        #expect(response.body.bytes == Array(Sample.document.utf8))
        #expect(script.requests.map { $0.head.headerFields.value("traceparent") != nil } == [true, false])
        #expect(spans.count == 1)
    }

    @Test
    func `Of a span that is not recorded only the context travels`() async throws {
        let tracer = UnsampledTracer()
        let script = ScriptedTransport([Sample.answer(), .failure(TransportError(.timeout, ""))])
        let transport = script.intercepted(by: TracingInterceptor(tracer: tracer))
        let response = try await transport.send(Sample.request())
        #expect(response.body.bytes == Array(Sample.document.utf8))
        await #expect(throws: TransportError.self) { try await transport.send(Sample.request()) }
        #expect(tracer.counts.ends.withLock { $0 } == 2 && tracer.counts.writes.withLock { $0 } == 0)
        #expect(script.requests.allSatisfy { $0.head.headerFields.value("traceparent")?.hasSuffix("-00") == true })
    }

    @Test
    func `Cancelling the task ends the span`() async throws {
        let (started, waiting) = (Signal(), Signal())
        let transport = ClosureTransport { _, _ in
            started.fire()
            try await withTaskCancellationHandler {
                await waiting.wait()
                try Task.checkCancellation()
            } onCancel: {
                waiting.fire()
            }
            throw TransportError(.failed, "It was not cancelled.")
        }.intercepted(by: TracingInterceptor(tracer: tracer))
        await withTaskGroup(of: Void.self) { group in
            group.addTask { _ = try? await transport.send(Sample.request()) }
            await started.wait()
            group.cancelAll()
        }
        #expect(spans.map { $0.attributes.get("oai_usage.outcome") } == ["abandoned"] && tracer.endings == 1)
    }

    @Test
    func `Neither content nor keys nor tags nor messages are in a span`() async throws {
        let (transport, _) = traced(
            Sample.answer(),
            Sample.stream(),
            Sample.answer(429),
            .failure(TransportError(.timeout, Sample.errorText))
        )
        for _ in 0..<3 { try await transport.send(Sample.request(stream: true)).read() }
        _ = try? await transport.send(Sample.request())
        #expect(spans.count == 4)
        for span in spans {
            let text = "\(span)"
            #expect(text.contains("chat gpt-4o"))
            for secret in Sample.secrets + [Sample.tag] { #expect(!text.contains(secret)) }
        }
    }
}
