import HTTPTypes
import InMemoryLogging
import Logging
import OpenAIUsage
import OpenAIUsageObservability
import OpenAIUsageTestSupport
import OpenAIUsageTesting
import Testing

/// One line for every call, when it ends.
struct LoggingInterceptorTests {
    private let handler = InMemoryLogHandler()

    private func logger(_ level: Logger.Level = .info) -> Logger {
        var logger = Logger(label: "test") { _ in handler }
        logger.logLevel = level
        return logger
    }

    private func logged(
        _ sink: LogSink,
        _ answers: ScriptedTransport.Answer...
    ) -> InterceptedTransport<
        ScriptedTransport
    > {
        ScriptedTransport(answers).intercepted(
            by: LoggingInterceptor(sink, configuration: ExchangeConfiguration(clock: ManualClock()))
        )
    }

    @Test
    func `A line tells what is known of a call`() async throws {
        let transport = logged(LogSink(logger()), Sample.answer())
        let context = CallContext(operationID: "op-1", attempt: 2)
        let response = try await transport.send(Sample.request(), context: context)
        #expect(handler.entries.isEmpty)
        #expect(try await response.read() == Sample.document)
        let entry = try #require(handler.entries.first)
        #expect(handler.entries.count == 1 && entry.level == .info && entry.message == "OpenAI call ended")
        let expected = [
            "operation_id": "op-1", "attempt": "2", "endpoint": "chat.completions", "method": "POST",
            "outcome": "completed", "project": "proj_a", "request_id": "req_1", "client_request_id": "mine-1",
            "status": "200", "model": "gpt-4o-2024-08-06", "duration_ms": "0.0", "openai_processing_ms": "250.0",
            "input_tokens": "30", "output_tokens": "40",
        ]
        #expect(entry.metadata.mapValues { "\($0)" } == expected)
    }

    @Test
    func `Times are in milliseconds, and the trace is named`() async throws {
        let clock = ManualClock()
        let body = Body(Sample.Ticking(clock: clock, pieces: Sample.chunks))
        let transport = ScriptedTransport([.response(200, Sample.events, body)]).intercepted(
            by: LoggingInterceptor(LogSink(logger()), configuration: ExchangeConfiguration(clock: clock))
        )
        let trace = "0123456789abcdef0123456789abcdef"
        try await transport.send(Sample.request(stream: true, [("traceparent", "00-\(trace)-0123456789abcdef-01")]))
            .read()
        let metadata = try #require(handler.entries.first).metadata
        #expect(metadata["time_to_first_token_ms"] == .stringConvertible(500.0))
        #expect(metadata["duration_ms"] == .stringConvertible(2_000.0))
        #expect(metadata["trace_id"] == .string(trace))
    }

    @Test(arguments: Sample.failures.indices)
    func `What failed is a warning, what the caller gave up is not`(index: Int) async throws {
        let (error, head, body) = Sample.failures[index]
        let transport = logged(LogSink(logger()), .failure(error), Sample.stream(failure: error))
        _ = try? await transport.send(Sample.request())
        let response = try await transport.send(Sample.request(stream: true))
        await #expect(throws: (any Error).self) { try await response.read() }
        #expect(handler.entries.map { $0.metadata["outcome"] } == [.string(head.rawValue), .string(body.rawValue)])
        #expect(handler.entries.map(\.level) == [head, body].map { $0 == .abandoned ? .info : .warning })
        #expect(Set(handler.entries.map { "\($0.message)" }).count == 1)
    }

    @Test
    func `An error of the API is a warning with its type and code`() async throws {
        try await logged(LogSink(logger()), Sample.answer(429)).send(Sample.request()).read()
        let entry = try #require(handler.entries.first)
        #expect(entry.level == .warning && entry.metadata["status"] == .stringConvertible(429))
        #expect(entry.metadata["error_type"] == "insufficient_quota")
        #expect(entry.metadata["error_code"] == "insufficient_quota")
    }

    @Test(
        arguments: [
            (Logger.Level.trace, Logger.Level.debug, Logger.Level.error, [Logger.Level.debug, .error]),
            (.info, .debug, .error, [.error]), (.error, .info, .warning, []), (.notice, .notice, .info, [.notice]),
        ]
    )
    func `The levels can be chosen, and what would not be written is not observed`(
        threshold: Logger.Level,
        level: Logger.Level,
        failureLevel: Logger.Level,
        expected: [Logger.Level]
    ) async throws {
        let sink = LogSink(logger(threshold), level: level, failureLevel: failureLevel)
        let transport = logged(sink, Sample.answer(), Sample.answer(500))
        let responses = [try await transport.send(Sample.request()), try await transport.send(Sample.request())]
        // A body that is observed is a stream.
        #expect(responses.allSatisfy { ($0.body.bytes == nil) == !expected.isEmpty })
        for response in responses { try await response.read() }
        #expect(handler.entries.map(\.level) == expected)
    }

    @Test(arguments: [true, false])
    func `Tags are written where they are asked for`(includesTags: Bool) async throws {
        let sink = LogSink(logger(), includesTags: includesTags)
        try await logged(sink, Sample.answer()).send(Sample.request()).read()
        let metadata = try #require(handler.entries.first).metadata
        #expect(metadata["tag.team"] == (includesTags ? .string(Sample.tag) : nil))
        #expect("\(metadata)".contains(Sample.tag) == includesTags)
    }

    @Test
    func `The sink serves a meter as well, and the interceptor takes nothing from it`() async throws {
        let collected = RecordingSink()
        let meter = UsageMeter(sink: MultiplexSink(LogSink(logger()), collected))
        let script = ScriptedTransport([Sample.answer()])
        let transport = script.intercepted(by: LoggingInterceptor(logger()), UsageInterceptor(meter))
        try await transport.send(Sample.request()).read()
        #expect(handler.entries.count == 2 && collected.records.count == 1)
        #expect(collected.records[0].tags["team"] == Sample.tag && collected.records[0].isCounted)
        #expect(script.requests[0].head.headerFields.value("OpenAI-Usage-Tags") == nil)
    }

    @Test(arguments: [true, false])
    func `An object that was logged is still counted by the meter`(isOutside: Bool) async throws {
        let collected = RecordingSink()
        let meter = UsageMeter(sink: collected)
        let object =
            #"{"id":"resp_1","object":"response","status":"completed","model":"gpt-4o","usage":{"#
            + #""input_tokens":3,"output_tokens":4,"total_tokens":7}}"#
        let script = ScriptedTransport([.response(200, Sample.json, Body(object))])
        let logging = LoggingInterceptor(LogSink(logger()), configuration: meter.configuration)
        let metering = UsageInterceptor(meter)
        let layers: [any Interceptor] = isOutside ? [logging, metering] : [metering, logging]
        let head = HTTPRequest(method: .get, scheme: "https", authority: "api.openai.com", path: "/v1/responses/resp_1")
        try await InterceptedTransport(script, layers).send(Request(head: head)).read()
        #expect(collected.records.map(\.isCounted) == [true] && handler.entries.count == 1)
    }

    @Test
    func `Neither content nor keys nor queries nor messages are in a line`() async throws {
        let transport = logged(
            LogSink(logger(.trace)),
            Sample.answer(),
            Sample.stream(),
            Sample.answer(429),
            .failure(TransportError(.timeout, Sample.errorText))
        )
        for _ in 0..<3 { try await transport.send(Sample.request(stream: true)).read() }
        _ = try? await transport.send(Sample.request())
        #expect(handler.entries.count == 4)
        for entry in handler.entries {
            let text = "\(entry)"
            #expect(text.contains("chat.completions"))
            for secret in Sample.secrets + [Sample.tag, "api.openai.com", "/v1"] { #expect(!text.contains(secret)) }
        }
    }
}
