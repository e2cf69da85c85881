import Dispatch
import HTTPTypes
import OpenAIUsage
import OpenAIUsageTestSupport
import OpenAIUsageTesting
import Testing

/// Every way to end, at every point of a call: what it is called, what became of the usage, and exactly one record.
struct ExchangeEndingTests {
    /// A point of a call, and what each ending there means.
    struct Point: CustomTestStringConvertible {
        /// What is expected, as `outcome/usage_state`.
        struct Expectation {
            var completed: String
            var cut: String
            var client: String
            var timeout: String
            var unreachable: String
            var abandoned: String
        }

        var name: String
        var call: ObservedCall
        var expectation: Expectation
        var testDescription: String { name }

        init(_ name: String, _ expectation: Expectation, _ change: (inout ObservedCall) -> Void) {
            self.name = name
            self.expectation = expectation
            call = ObservedCall()
            change(&call)
        }

        func expected(_ ending: TransportEnd?) -> String {
            switch ending {
            case .completed: expectation.completed
            case .cut: expectation.cut
            case .clientDisconnected: expectation.client
            case .timeout: expectation.timeout
            // It says that nothing was sent only where nothing was answered.
            case .connectTimeout: call.status == nil ? "timeout/not_applicable" : expectation.timeout
            case .unreachable: expectation.unreachable
            case .unanswered:
                expectation.unreachable.replacing("unreachable/not_applicable", with: "unreachable/missing")
            case .abandoned, nil: expectation.abandoned
            // What is unknown is the same as when the caller goes away.
            case .interrupted: expectation.abandoned.replacing("abandoned/", with: "interrupted/")
            }
        }
    }

    static let stream: [(name: String, value: String)] = [("content-type", "text/event-stream; charset=utf-8")]
    static let usage = #"{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}"#
    static let document = #"{"id":"chatcmpl-1","model":"m-1","choices":[{"finish_reason":"stop"}],"usage":\#(usage)}"#
    static let chunk = #"data: {"id":"chatcmpl-1","model":"m-1","choices":[{"delta":{"content":"x"}}]}"# + "\n\n"
    static let stop = #"data: {"id":"chatcmpl-1","choices":[{"delta":{},"finish_reason":"stop"}]}"# + "\n\n"
    static let usageChunk = #"data: {"id":"chatcmpl-1","choices":[],"usage":\#(usage)}"# + "\n\n"
    static let done = "data: [DONE]\n\n"
    static let delta =
        "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"delta\":\"x\"}\n\n"
    static let terminal =
        #"data: {"type":"response.completed","#
        + #""response":{"id":"resp_1","status":"completed","usage":{"input_tokens":3}}}"#
        + "\n\n"

    private static func every(_ state: String) -> Point.Expectation {
        .init(
            completed: "completed/\(state)",
            cut: "cut/\(state)",
            client: "client_disconnected/\(state)",
            timeout: "timeout/\(state)",
            unreachable: "cut/\(state)",
            abandoned: "abandoned/\(state)"
        )
    }

    private static func every(_ state: String, completed: String) -> Point.Expectation {
        var expectation = every(state)
        expectation.completed = completed
        return expectation
    }

    private static func always(_ text: String) -> Point.Expectation {
        .init(completed: text, cut: text, client: text, timeout: text, unreachable: text, abandoned: text)
    }

    private static func always(_ text: String, client: String) -> Point.Expectation {
        var expectation = always(text)
        expectation.client = client
        return expectation
    }

    static let points = [
        Point(
            "before the head",
            .init(
                completed: "unreachable/missing",
                cut: "unreachable/missing",
                client: "client_disconnected/missing",
                timeout: "timeout/missing",
                unreachable: "unreachable/not_applicable",
                abandoned: "abandoned/missing"
            )
        ) { $0.status = nil },
        Point("after the head of a document", every("cut", completed: "completed/unparsable")) { _ in },
        Point("in a document", every("cut", completed: "cut/cut")) { $0.body = Self.document.utf8.dropLast(9) + [] },
        Point("before the last brace", every("cut", completed: "cut/cut")) {
            $0.body = Self.document.utf8.dropLast() + []
        },
        Point("after a document", every("reported")) { $0.body = Self.document.bytes },
        Point("after a document and blanks", every("reported")) { $0.body = (Self.document + "\r\n\n").bytes },
        Point("after a document and junk", every("cut", completed: "completed/unparsable")) {
            $0.body = (Self.document + "}").bytes
        },
        Point("after a document without usage", every("missing")) { $0.body = #"{"id":"chatcmpl-1"}"#.bytes },
        Point("after a document with null", every("null")) { $0.body = #"{"id":"chatcmpl-1","usage":null}"#.bytes },
        Point("after the head of a stream", every("missing", completed: "cut/missing")) { $0.fields = Self.stream },
        Point("in a line of a stream", every("cut", completed: "cut/cut")) {
            $0.fields = Self.stream
            $0.body = (Self.chunk + Self.chunk.prefix(20)).bytes
        },
        Point("between events of a stream", every("cut", completed: "cut/cut")) {
            $0.fields = Self.stream
            $0.body = (Self.chunk + Self.chunk).bytes
        },
        Point("after the reason to stop", every("cut", completed: "completed/missing")) {
            $0.fields = Self.stream
            $0.body = (Self.chunk + Self.stop).bytes
        },
        Point("after the usage chunk", every("reported")) {
            $0.fields = Self.stream
            $0.body = (Self.chunk + Self.stop + Self.usageChunk).bytes
        },
        Point("in the blank line of the usage chunk", every("reported_unterminated")) {
            $0.fields = Self.stream
            $0.body = (Self.chunk + Self.stop + Self.usageChunk).utf8.dropLast() + []
        },
        Point("in the line end of the usage chunk", every("reported_unterminated")) {
            $0.fields = Self.stream
            $0.body = (Self.chunk + Self.stop + Self.usageChunk).utf8.dropLast(2) + []
        },
        Point("in the usage chunk", every("cut", completed: "completed/missing")) {
            $0.fields = Self.stream
            $0.body = (Self.chunk + Self.stop + Self.usageChunk).utf8.dropLast(3) + []
        },
        Point("after the end marker", always("completed/reported", client: "client_disconnected/reported")) {
            $0.fields = Self.stream
            $0.body = (Self.chunk + Self.stop + Self.usageChunk + Self.done).bytes
        },
        Point(
            "after the end marker without its end",
            always("completed/reported", client: "client_disconnected/reported")
        ) {
            $0.fields = Self.stream
            $0.body = (Self.chunk + Self.usageChunk + "data: [DONE]").bytes
        },
        Point("behind the end marker", always("completed/reported", client: "client_disconnected/reported")) {
            $0.fields = Self.stream
            $0.body = (Self.chunk + Self.usageChunk + Self.done + ": late\n\ndata: {").bytes
        },
        Point("after the end marker without usage", always("completed/missing", client: "client_disconnected/missing"))
        {
            $0.fields = Self.stream
            $0.body = (Self.chunk + Self.done).bytes
        },
        Point("between events of a response", every("cut", completed: "cut/cut")) {
            $0.path = "/v1/responses"
            $0.fields = Self.stream
            $0.body = Self.delta.bytes
        },
        Point("after the terminal event", always("completed/reported", client: "client_disconnected/reported")) {
            $0.path = "/v1/responses"
            $0.fields = Self.stream
            $0.body = (Self.delta + Self.terminal).bytes
        },
        Point(
            "in the blank line of the terminal event",
            always(
                "completed/reported_unterminated",
                client: "client_disconnected/reported_unterminated"
            )
        ) {
            $0.path = "/v1/responses"
            $0.fields = Self.stream
            $0.body = (Self.delta + Self.terminal).utf8.dropLast() + []
        },
        Point("after an error event", always("error/missing")) {
            $0.fields = Self.stream
            $0.body = (Self.chunk + "data: {\"error\":{\"type\":\"server_error\"}}\n\n").bytes
        },
        Point("after the head of an error", always("error/error")) { $0.status = 503 },
        Point("in the body of an error", always("error/error")) {
            $0.status = 429
            $0.body = #"{"error":{"type":"#.bytes
        },
        Point("after an error in a document", always("error/error")) { $0.body = #"{"error":{"type":"x"}}"#.bytes },
        Point("in an audio body", every("unparsable")) {
            $0.fields = [("content-type", "audio/mpeg")]
            $0.body = [1, 2, 3]
        },
        Point("after a free answer", every("not_applicable")) {
            $0.method = "GET"
            $0.path = "/v1/models"
            $0.body = #"{"data":[]}"#.bytes
        },
        Point("in a free answer", every("not_applicable", completed: "cut/not_applicable")) {
            $0.method = "GET"
            $0.path = "/v1/models"
            $0.body = #"{"data":["#.bytes
        },
        Point("after an answer of an unknown endpoint", every("not_applicable")) {
            $0.path = "/v1/not-an-endpoint"
            $0.body = Self.document.utf8.dropLast(5) + []
        },
    ]

    static let endings: [TransportEnd?] = [
        .completed, .cut, .clientDisconnected, .timeout, .connectTimeout, .unreachable, .unanswered, .abandoned,
        .interrupted, nil,
    ]

    @Test(arguments: points, endings)
    func `Every ending has its outcome and its state at every point`(point: Point, ending: TransportEnd?) throws {
        var call = point.call
        call.ending = ending
        let record = try call.record()
        #expect("\(record.outcome.rawValue)/\(record.usageState.rawValue)" == point.expected(ending))
        let isReported = [.reported, .reportedUnterminated].contains(record.usageState)
        #expect(isReported == !record.usage.isEmpty)
        #expect(isReported == (record.rawUsage != nil))
        #expect((record.status == nil) == (call.status == nil))
        call.cuts = Array(0..<call.body.count)
        #expect(try call.record().timeless == record.timeless)
    }

    @Test(arguments: points)
    func `Only the first ending counts`(point: Point) throws {
        let sink = RecordingSink()
        do {
            let exchange = point.call.exchange(sink: sink)
            point.call.feed(exchange)
            exchange.finish(.cut)
            exchange.finish(.completed)
            exchange.finish(.cut)
        }
        #expect(sink.records.count == 1)
        let record = try #require(sink.records.first)
        #expect("\(record.outcome.rawValue)/\(record.usageState.rawValue)" == point.expected(.cut))
    }

    @Test
    func `What comes after the end is ignored`() throws {
        let sink = RecordingSink()
        let exchange = ObservedCall().exchange(sink: sink)
        exchange.finish(.timeout)
        let before = try #require(sink.records.first)
        exchange.receive(requestBody: #"{"model":"late"}"#.bytes.span.bytes)
        exchange.receive(head: ObservedCall.head(200, [("content-type", "application/json")]))
        exchange.receive(body: Self.document.bytes.span.bytes)
        exchange.add(gatewayNanoseconds: 5_000)
        exchange.recordOpen()
        exchange.finish(.completed)
        #expect(sink.records == [before])
        #expect(sink.openRecords.isEmpty)
        #expect(before.status == nil && before.requestModel == nil && before.usage.isEmpty)
    }

    @Test(arguments: [
        (TransportError(.unreachable, ""), "unreachable/not_applicable"),
        (TransportError(.invalidRequest, ""), "unreachable/not_applicable"),
        (TransportError(.shutDown, "", isRequestUnsent: true), "unreachable/not_applicable"),
        (TransportError(.connectionLost, ""), "unreachable/missing"),
        (TransportError(.failed, ""), "unreachable/missing"),
        (TransportError(.timeout, ""), "timeout/missing"),
        (TransportError(.timeout, "", isRequestUnsent: true), "timeout/not_applicable"),
    ])
    func `Only a request that was surely not sent used nothing`(error: TransportError, expected: String) throws {
        var call = ObservedCall()
        call.status = nil
        call.ending = TransportEnd(error, isHeadReceived: false)
        let record = try call.record()
        #expect("\(record.outcome.rawValue)/\(record.usageState.rawValue)" == expected)
        // Nothing is expected of an endpoint that reports no usage.
        call.method = "GET"
        call.path = "/v1/models"
        #expect(try call.record().usageState == .notApplicable)
    }

    @Test
    func `A body without a head is ignored`() throws {
        let sink = RecordingSink()
        let exchange = ObservedCall().exchange(sink: sink)
        exchange.receive(body: Self.document.bytes.span.bytes)
        exchange.finish(.completed)
        let record = try #require(sink.records.first)
        #expect(record.outcome == .unreachable && record.usage.isEmpty && record.status == nil)
    }

    @Test
    func `An open call is recorded as far as it is known, until it ends`() throws {
        let sink = RecordingSink()
        let clock = ManualClock()
        var call = ObservedCall()
        call.configuration = ExchangeConfiguration(clock: clock)
        let exchange = call.exchange(sink: sink)
        exchange.receive(requestBody: #"{"model":"m","stream":true}"#.bytes.span.bytes)
        clock.advance(microseconds: 250)
        exchange.recordOpen()
        exchange.receive(head: ObservedCall.head(200, Self.stream + [("x-request-id", "req_1")]))
        clock.advance(microseconds: 50)
        exchange.recordOpen()
        exchange.receive(body: (Self.chunk + Self.usageChunk + Self.done).bytes.span.bytes)
        #expect(sink.records.isEmpty)
        exchange.finish(.completed)
        exchange.recordOpen()
        #expect(sink.openRecords.count == 2 && sink.records.count == 1)
        let first = try #require(sink.openRecords.first)
        let second = try #require(sink.openRecords.last)
        let last = try #require(sink.records.first)
        #expect([first.id, second.id, last.id] == Array(repeating: exchange.id, count: 3))
        #expect(first.outcome == .open && second.outcome == .open && last.outcome == .completed)
        #expect(first.requestModel == "m" && first.model == "m" && first.status == nil)
        #expect(second.status == 200 && second.requestID == "req_1" && second.isStream)
        #expect(first.timing.durationMicroseconds == 250 && second.timing.durationMicroseconds == 300)
        #expect(last.usage.totalTokens == 5 && second.usage.isEmpty)
    }

    @Test(arguments: [100, 102, 103, 199])
    func `An interim head announces the real one`(status: Int) throws {
        let sink = RecordingSink()
        let clock = ManualClock()
        var call = ObservedCall()
        call.configuration = ExchangeConfiguration(clock: clock)
        let exchange = call.exchange(sink: sink)
        clock.advance(microseconds: 10)
        exchange.receive(
            head: ObservedCall.head(status, [("x-request-id", "interim"), ("content-type", "audio/mpeg")])
        )
        clock.advance(microseconds: 20)
        exchange.receive(
            head: ObservedCall.head(200, [("x-request-id", "real"), ("content-type", "application/json")])
        )
        exchange.receive(body: Self.document.bytes.span.bytes)
        exchange.finish(.completed)
        let record = try #require(sink.records.first)
        #expect(record.requestID == "real" && record.status == 200 && record.usageState == .reported)
        #expect(record.timing.timeToHeadersMicroseconds == 30)
    }

    @Test
    func `An interim head alone is not a response`() throws {
        var call = ObservedCall()
        call.status = 103
        call.ending = .cut
        let record = try call.record()
        #expect(record.status == nil && record.outcome == .unreachable)
    }

    @Test
    func `The latencies are measured from the start`() throws {
        let sink = RecordingSink()
        let clock = ManualClock()
        var call = ObservedCall()
        call.configuration = ExchangeConfiguration(clock: clock)
        let exchange = call.exchange(sink: sink)
        clock.advance(microseconds: 1_000)
        exchange.receive(head: ObservedCall.head(200, Self.stream + [("openai-processing-ms", "12.5")]))
        clock.advance(microseconds: 100)
        let role = #"data: {"choices":[{"delta":{"role":"assistant","content":""}}]}"# + "\n\n"
        exchange.receive(body: role.bytes.span.bytes)
        clock.advance(microseconds: 100)
        exchange.receive(body: Self.chunk.bytes.span.bytes)
        clock.advance(microseconds: 100)
        exchange.receive(body: (Self.chunk + Self.done).bytes.span.bytes)
        #expect(exchange.isTerminated)
        exchange.add(gatewayNanoseconds: 1_500)
        exchange.add(gatewayNanoseconds: 2_000)
        clock.advance(microseconds: 100)
        exchange.finish(.completed)
        let timing = try #require(sink.records.first).timing
        #expect(timing.timeToHeadersMicroseconds == 1_000)
        #expect(timing.timeToFirstTokenMicroseconds == 1_200)
        #expect(timing.durationMicroseconds == 1_400)
        #expect(timing.processingMicroseconds == 12_500)
        #expect(timing.gatewayMicroseconds == 3)
        #expect(sink.records.first?.startedAtMicroseconds == 1_795_424_101_000_000)
    }

    @Test
    func `What was never measured is unknown`() throws {
        var call = ObservedCall()
        call.status = nil
        call.ending = .unreachable
        let timing = try call.record().timing
        #expect(timing.timeToHeadersMicroseconds == nil && timing.timeToFirstTokenMicroseconds == nil)
        #expect(
            timing.processingMicroseconds == nil && timing.gatewayMicroseconds == nil
                && timing.durationMicroseconds == 0
        )
    }

    @Test
    func `A terminated stream is known as such at once, not before`() {
        let sink = RecordingSink()
        var call = ObservedCall()
        call.fields = Self.stream
        call.body = (Self.chunk + Self.usageChunk).bytes
        let exchange = call.exchange(sink: sink)
        #expect(!exchange.isTerminated)
        call.feed(exchange)
        #expect(!exchange.isTerminated)
        exchange.receive(body: "data: [DONE]\n".bytes.span.bytes)
        #expect(!exchange.isTerminated)
        exchange.receive(body: "\n".bytes.span.bytes)
        #expect(exchange.isTerminated)
        // It stays known, and nothing that comes later changes it.
        exchange.finish(.completed)
        exchange.receive(head: ObservedCall.head(200, Self.stream))
        exchange.receive(body: Self.chunk.bytes.span.bytes)
        exchange.finish(.cut)
        #expect(exchange.isTerminated && sink.records.count == 1)
    }

    static let markers: [(stream: String, isTerminated: Bool)] = [
        ("data: [DONE]\n\n", true), ("data:[DONE]\n\n", true), ("data: [DONE] \n\n", true),
        ("data: [DONE]\r\n\r\n", true),
        ("event: done\ndata: [DONE]\n\n", true), ("data: [DON\n\n", false), ("data:  [DONE]\n\n", false),
        ("data: \"[DONE]\"\n\n", false), (": [DONE]\n\n", false), ("[DONE]\n\n", false),
        ("data: [DO\ndata: NE]\n\n", false),
        ("data\ndata: [DONE]\n\n", false), ("event: [DONE]\n\n", false), ("data: {}\ndata: [DONE]\n\n", false),
    ]

    @Test(arguments: markers)
    func `Only the end marker ends a chat stream`(stream: String, isTerminated: Bool) {
        for cuts in [[], Array(0..<stream.utf8.count)] {
            var call = ObservedCall()
            call.fields = Self.stream
            call.body = stream.bytes
            call.cuts = cuts
            let exchange = call.exchange(sink: RecordingSink())
            call.feed(exchange)
            #expect(exchange.isTerminated == isTerminated)
        }
    }

    @Test(arguments: 0..<20)
    func `Many threads on one exchange make one record`(round: Int) throws {
        let sink = RecordingSink()
        var call = ObservedCall()
        call.fields = Self.stream
        let body = (Self.chunk + Self.usageChunk + Self.done).bytes
        let endings: [TransportEnd] = [
            .completed, .cut, .timeout, .abandoned, .clientDisconnected, .unreachable, .unanswered, .interrupted,
        ]
        do {
            let exchange = call.exchange(sink: sink)
            exchange.receive(head: ObservedCall.head(200, Self.stream))
            DispatchQueue.concurrentPerform(iterations: 8) { thread in
                for step in 0..<50 {
                    switch (thread + step) % 5 {
                    case 0: exchange.receive(body: body.span.bytes)
                    case 1: exchange.receive(requestBody: #"{"model":"m"}"#.bytes.span.bytes)
                    case 2: exchange.recordOpen()
                    case 3:
                        let part = body.prefix(7 + step)
                        exchange.receive(body: part.span.bytes)
                    default: if step > 20 + round { exchange.finish(endings[(thread + round) % endings.count]) }
                    }
                }
            }
        }
        #expect(sink.records.count == 1)
        #expect(sink.openRecords.allSatisfy { $0.outcome == .open && $0.id == sink.records.first?.id })
    }

    @Test
    func `Many exchanges at once keep to themselves`() {
        let sink = RecordingSink()
        let configuration = ExchangeConfiguration(clock: ManualClock())
        DispatchQueue.concurrentPerform(iterations: 200) { number in
            var call = ObservedCall()
            call.configuration = configuration
            call.body = #"{"id":"id-\#(number)","usage":{"total_tokens":\#(number)}}"#.bytes
            let exchange = call.exchange(sink: sink)
            call.feed(exchange)
            exchange.finish(.completed)
        }
        #expect(sink.records.count == 200)
        #expect(Set(sink.records.map(\.id)).count == 200)
        #expect(sink.records.allSatisfy { $0.responseID == "id-\($0.usage.totalTokens ?? -1)" })
    }
}
