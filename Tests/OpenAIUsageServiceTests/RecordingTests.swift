import HTTPTypes
import OpenAIUsage
import OpenAIUsageLedger
import OpenAIUsageMetrics
import OpenAIUsageRecorder
import OpenAIUsageTestKit
import OpenAIUsageTesting
import Testing

/// The records of the calls that a closure makes.
struct RecordingTests {
    private struct Failure: Error {}

    private static func meter(_ sink: RecordingSink) -> UsageMeter { UsageMeter(ledger: nil, sinks: [sink]) }

    private static func transport(
        _ meter: UsageMeter,
        _ answers: ScriptedTransport.Answer...
    ) -> some Transport {
        ScriptedTransport(answers).intercepted(
            by: RetryInterceptor(sleep: { _ in }),
            IncludeUsageInterceptor(),
            UsageInterceptor(meter)
        )
    }

    @Test
    func `Retries and a stream that is read inside are recorded with their costs`() async throws {
        let sink = RecordingSink()
        let meter = Self.meter(sink)
        let transport = Self.transport(
            meter,
            .error(429, type: "requests", code: "rate_limit_exceeded", retryAfter: 0),
            .chatStream(model: "gpt-4o", input: 1_000, output: 100)
        )
        let (text, calls) = try await meter.recording {
            let body = try await transport.send(.chat("gpt-4o", isStream: true)).body
            return String(decoding: try await body.collect(upTo: 10_000), as: UTF8.self)
        }
        #expect(text.contains("[DONE]"))
        let failed = CallExpectation(status: 429, outcome: .error, attempt: 0, errorCode: "rate_limit_exceeded")
        let expected = CallExpectation(
            endpoint: "chat.completions",
            model: "gpt-4o",
            status: 200,
            outcome: .completed,
            attempt: 1,
            isStream: true,
            inputTokens: 1_000,
            outputTokens: 100,
            // 1,000 x $2.50 and 100 x $10.00 a million.
            costUSD: "0.0035"
        )
        try #require(calls.count == 2)
        #expect(failed.mismatches(in: calls[0]) == [] && expected.mismatches(in: calls[1]) == [])
        #expect(calls[0].operationID == calls[1].operationID)
        #expect(sink.records == calls)
    }

    @Test
    func `A stream that leaves the closure unread stands as open when the grace is over`() async throws {
        let sink = RecordingSink()
        let meter = Self.meter(sink)
        let transport = Self.transport(meter, .chatStream(model: "gpt-4o", input: 10, output: 1))
        let (response, calls) = try await meter.recording(grace: .zero) {
            try await transport.send(.chat("gpt-4o", isStream: true))
        }
        #expect(calls.map(\.outcome) == [.open] && sink.records.isEmpty)
        _ = try await response.body.collect(upTo: 10_000)
        #expect(sink.records.map(\.outcome) == [.completed])
        #expect(sink.records.map(\.id) == calls.map(\.id))
    }

    @Test
    func `A body that is dropped inside ends its call`() async throws {
        let sink = RecordingSink()
        let meter = Self.meter(sink)
        let transport = Self.transport(meter, .chatStream(model: "gpt-4o", input: 10, output: 1))
        let (status, calls) = try await meter.recording {
            try await transport.send(.chat("gpt-4o", isStream: true)).head.status.code
        }
        #expect(status == 200 && calls.map(\.outcome) == [.abandoned])
    }

    @Test
    func `A recording of the program's own has the calls that led to an error`() async throws {
        let sink = RecordingSink()
        let meter = Self.meter(sink)
        let transport = Self.transport(meter, .chat(model: "gpt-4o", input: 10, output: 1), .failure(Failure()))
        let recording = CallRecording()
        await #expect(throws: Failure.self) {
            try await meter.recording(into: recording) {
                _ = try await transport.send(.chat("gpt-4o")).body.collect(upTo: 10_000)
                throw Failure()
            }
        }
        #expect(recording.calls.map(\.outcome) == [.completed])
    }

    @Test
    func `Recordings may be nested, and know their own meter only`() async throws {
        let (sink, otherSink) = (RecordingSink(), RecordingSink())
        let (meter, other) = (Self.meter(sink), Self.meter(otherSink))
        let answer = ScriptedTransport.Answer.chat(model: "gpt-4o", input: 10, output: 1)
        let transport = Self.transport(meter, answer, answer, answer)
        let foreign = Self.transport(other, answer)
        func call(_ transport: some Transport) async throws {
            _ = try await transport.send(.chat("gpt-4o")).body.collect(upTo: 10_000)
        }
        let (inner, outer) = try await meter.recording {
            try await call(transport)
            let (_, inner) = try await meter.recording {
                try await call(transport)
                try await call(foreign)
            }
            try await call(transport)
            return inner
        }
        #expect(inner.count == 1 && outer.count == 3 && otherSink.records.count == 1)
        #expect(outer.map(\.id) == sink.records.map(\.id) && inner.map(\.id) == [outer[1].id])
    }

    @Test
    func `Calls of child tasks are recorded, each once`() async throws {
        let sink = RecordingSink()
        let meter = Self.meter(sink)
        let transport = ScriptedTransport((0..<40).map { .chat(model: "gpt-4o", input: $0, output: 1) })
            .intercepted(by: UsageInterceptor(meter))
        let (_, calls) = try await meter.recording {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<40 {
                    group.addTask { _ = try await transport.send(.chat("gpt-4o")).body.collect(upTo: 10_000) }
                }
                try await group.waitForAll()
            }
        }
        #expect(Set(calls.map(\.id)).count == 40 && calls.count == 40)
        #expect(Set(calls.compactMap(\.usage.inputTokens)) == Set(0..<40))
    }

    @Test
    func `An attempt that was withdrawn is neither recorded nor waited for`() async throws {
        let sink = RecordingSink()
        let meter = Self.meter(sink)
        // An upstream that rejects the option gets the request as its caller wrote it.
        let transport = Self.transport(
            meter,
            .response(
                400,
                body:
                    #"{"error":{"message":"Unrecognized request argument supplied: stream_options","type":"invalid_request_error"}}"#
            ),
            .chatStream(model: "gpt-4o", input: 10, output: nil)
        )
        let (_, calls) = try await meter.recording(grace: .seconds(3_600)) {
            try await transport.send(.chat("gpt-4o", isStream: true)).body.collect(upTo: 10_000)
        }
        #expect(calls == sink.records && calls.map(\.status) == [200])
    }

    @Test
    func `A call that ends on another thread is waited for`() async throws {
        let sink = RecordingSink()
        let meter = Self.meter(sink)
        let (ended, end) = AsyncStream.makeStream(of: Void.self)
        let exchange = Watched<Exchange?>(nil)
        async let ending: Void = {
            for await _ in ended { break }
            exchange.value?.receive(head: HTTPResponse(status: .ok))
            exchange.value?.finish(.completed)
        }()
        let (_, calls) = await meter.recording(grace: .seconds(3_600)) {
            let begun = meter.exchange(for: Request.chat("gpt-4o").head)
            exchange.update { $0 = begun }
            end.yield()
        }
        await ending
        #expect(calls.map(\.outcome) == [.completed] && calls.map(\.status) == [200])
    }

    @Test
    func `Closures that share a recording wait each for its own attempts`() async throws {
        let sink = RecordingSink()
        let meter = Self.meter(sink)
        let answer = ScriptedTransport.Answer.chatStream(model: "gpt-4o", input: 10, output: 1)
        let transport = ScriptedTransport((0..<16).map { _ in answer }).intercepted(by: UsageInterceptor(meter))
        let recording = CallRecording(sleep: { _ in })
        try await withThrowingTaskGroup(of: Response.self) { group in
            for number in 0..<16 {
                group.addTask {
                    try await meter.recording(into: recording, grace: number % 2 == 0 ? .seconds(3_600) : .zero) {
                        try await transport.send(.chat("gpt-4o", isStream: true))
                    }
                }
            }
            for try await response in group { _ = try await response.body.collect(upTo: 10_000) }
        }
        #expect(recording.calls.count == 16 && recording.calls.allSatisfy { $0.outcome == .open })
        #expect(sink.records.count == 16)
    }

    @Test
    func `A stream of an outer closure is recorded behind an inner one without grace`() async throws {
        let sink = RecordingSink()
        let meter = Self.meter(sink)
        let transport = Self.transport(meter, .chatStream(model: "gpt-4o", input: 10, output: 1))
        let recording = CallRecording()
        try await meter.recording(into: recording) {
            let response = try await transport.send(.chat("gpt-4o", isStream: true))
            await meter.recording(into: recording, grace: .zero) {}
            #expect(recording.calls.isEmpty)
            _ = try await response.body.collect(upTo: 10_000)
        }
        #expect(recording.calls.map(\.outcome) == [.completed])
    }

    @Test
    func `The end of the program ends what is recorded`() async throws {
        let sink = RecordingSink()
        let meter = Self.meter(sink)
        let transport = Self.transport(meter, .chatStream(model: "gpt-4o", input: 10, output: 1))
        let (response, calls) = try await meter.recording(grace: .seconds(3_600)) {
            let response = try await transport.send(.chat("gpt-4o", isStream: true))
            meter.endOpenCalls()
            return response
        }
        #expect(calls.map(\.outcome) == [.interrupted] && sink.records.map(\.outcome) == [.interrupted])
        _ = response
    }

    @Test
    func `No end is lost that comes while the grace runs out`() async throws {
        let sink = RecordingSink()
        let meter = Self.meter(sink)
        for _ in 0..<200 {
            sink.removeAll()
            let (calls, exchange) = await withTaskGroup(of: Void.self) { group in
                let shared = Watched<Exchange?>(nil)
                let (_, calls) = await meter.recording(grace: .zero) {
                    let begun = meter.exchange(for: Request.chat("gpt-4o").head)
                    shared.update { $0 = begun }
                    group.addTask { begun.finish(.completed) }
                }
                await group.waitForAll()
                return (calls, shared.value)
            }
            // In flight at the end of the closure, or ended: never neither.
            #expect(calls.count == 1 && sink.records.count == 1)
            _ = exchange
        }
    }

    @Test
    func `A sink receives interim records, and a count that does not fit is told`() async throws {
        let sink = RecordingSink()
        #expect(throws: RecordingSink.CountError.self) { try sink.onlyRecord }
        sink.record(.sample(1))
        #expect(try sink.onlyRecord.requestID == "req_1")
        async let waited = sink.records(atLeast: 2)
        sink.record(.sample(2, model: "gpt-4o", project: "proj_b", input: 1, output: 2))
        #expect(try await waited.count == 2)
        #expect(
            CallExpectation(model: "gpt-4o", project: "proj_a").mismatches(in: sink.records[1]) == [
                "project: expected proj_a, got proj_b"
            ]
        )
        sink.removeAll()
        #expect(sink.records.isEmpty)
    }
}
