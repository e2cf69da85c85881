import HTTPTypes
import OpenAIUsage
import OpenAIUsageTestSupport
import OpenAIUsageTesting
import Synchronization
import Testing

struct RetryInterceptorTests {
    private final class Sleeper: Sendable {
        private let slept = Mutex<[Duration]>([])
        var durations: [Duration] { slept.withLock { $0 } }
        func sleep(_ duration: Duration) async throws { slept.withLock { $0.append(duration) } }
    }

    private static let json = UsageInterceptorTests.json
    private static func error(
        _ status: Int,
        _ code: String = "x",
        _ fields: [(name: String, value: String)] = []
    ) -> ScriptedTransport.Answer {
        .response(status, json + fields, Body(#"{"error":{"type":"t","code":"\#(code)","message":"m"}}"#))
    }
    private static let success = ScriptedTransport.Answer.response(200, json, Body(UsageInterceptorTests.document))

    struct Case: Sendable {
        var answers: [ScriptedTransport.Answer]
        var status: Int?
        var attempts: Int
        var waits: [Duration] = []
    }

    static let cases: [Case] = [
        Case(answers: [success], status: 200, attempts: 1),
        Case(answers: [error(500), success], status: 200, attempts: 2, waits: [.milliseconds(500)]),
        Case(
            answers: [error(503), error(502), error(500), success],
            status: 500,
            attempts: 3,
            waits: [.milliseconds(500), .seconds(1)]
        ),
        Case(answers: [error(400), success], status: 400, attempts: 1),
        Case(
            answers: [error(408), error(409), success],
            status: 200,
            attempts: 3,
            waits: [.milliseconds(500), .seconds(1)]
        ),
        Case(
            answers: [error(429, "rate_limit_exceeded", [("retry-after-ms", "250")]), success],
            status: 200,
            attempts: 2,
            waits: [.milliseconds(250)]
        ),
        Case(
            answers: [error(429, "rate_limit_exceeded", [("retry-after", "7")]), success],
            status: 200,
            attempts: 2,
            waits: [.seconds(7)]
        ),
        Case(
            answers: [error(429, "rate_limit_exceeded", [("retry-after", "3600")]), success],
            status: 200,
            attempts: 2,
            waits: [.milliseconds(500)]
        ),
        Case(answers: [error(429, "insufficient_quota"), success], status: 429, attempts: 1),
        Case(answers: [error(429, "project_spend_limit_exceeded"), success], status: 429, attempts: 1),
        Case(
            answers: [error(400, "x", [("x-should-retry", "true")]), success],
            status: 200,
            attempts: 2,
            waits: [.milliseconds(500)]
        ),
        Case(answers: [error(500, "x", [("x-should-retry", "false")]), success], status: 500, attempts: 1),
        Case(
            answers: [.failure(TransportError(.unreachable, "")), success],
            status: 200,
            attempts: 2,
            waits: [.milliseconds(500)]
        ),
        Case(answers: [.failure(TransportError(.invalidRequest, "")), success], status: nil, attempts: 1),
        Case(
            answers: [
                .failure(TransportError(.timeout, "")), .failure(TransportError(.timeout, "")),
                .failure(TransportError(.timeout, "")),
            ],
            status: nil,
            attempts: 3,
            waits: [.milliseconds(500), .seconds(1)]
        ),
    ]

    @Test(arguments: cases.indices)
    func `What is worth it is tried again, and each attempt is a record of one operation`(index: Int) async throws {
        let test = Self.cases[index]
        let sink = RecordingSink()
        let sleeper = Sleeper()
        let script = ScriptedTransport(test.answers)
        let transport = script.intercepted(
            by: RetryInterceptor(clock: ManualClock(), sleep: sleeper.sleep, random: { 0 }),
            UsageInterceptor(UsageMeter(sink: sink, configuration: ExchangeConfiguration(clock: ManualClock())))
        )
        let request = Request.post("/v1/chat/completions", #"{"model":"gpt-4o"}"#)
        if let status = test.status {
            let response = try await transport.send(request)
            #expect(response.head.status.code == status)
            let bytes = try await response.body.collect(upTo: 1 << 20)
            #expect(!bytes.isEmpty)
        } else {
            await #expect(throws: TransportError.self) { try await transport.send(request) }
        }
        #expect(sleeper.durations == test.waits && script.requests.count == test.attempts)
        let records = sink.records
        #expect(records.map(\.attempt) == Array(0..<test.attempts))
        #expect(Set(records.map(\.operationID)).count == 1 && Set(records.map(\.id)).count == test.attempts)
    }

    @Test
    func `A body that can be read once is sent once`() async throws {
        let script = ScriptedTransport([Self.error(500), Self.success])
        var request = Request.post("/v1/files", "")
        request.body = Body(PieceStream(["x"]))
        let transport = script.intercepted(by: RetryInterceptor(sleep: { _ in }))
        #expect(try await transport.send(request).head.status == .internalServerError)
        #expect(script.requests.count == 1)
    }

    @Test
    func `All calls share one budget`() async throws {
        let budget = RetryBudget(capacity: 2, share: 0)
        var attempts: [Int] = []
        for _ in 0..<3 {
            let script = ScriptedTransport([Self.error(500), Self.error(500), Self.error(500)])
            _ = try await script.intercepted(by: RetryInterceptor(budget: budget, sleep: { _ in })).send(.post("/", ""))
            attempts.append(script.requests.count)
        }
        #expect(attempts == [3, 1, 1])
    }

    @Test
    func `Waits grow to their bound, and are shortened by a quarter at most`() {
        let policy = RetryPolicy()
        var many = policy
        many.maximumRetries = 100
        let head = ObservedCall.head(500)
        #expect(
            (0..<8).map { many.delay(after: head, errorCode: nil, retries: $0, jitter: 0) } == [
                .milliseconds(500), .seconds(1), .seconds(2), .seconds(4), .seconds(8), .seconds(8), .seconds(8),
                .seconds(8),
            ]
        )
        #expect(policy.delay(after: head, errorCode: nil, retries: 0, jitter: 1) == .milliseconds(375))
        #expect(policy.delay(after: head, errorCode: nil, retries: 2, jitter: 1) == nil)
        #expect(many.delay(after: head, errorCode: nil, retries: 50, jitter: 2) == .seconds(6))
    }

    @Test
    func `The caller's own identity of the call stands`() async throws {
        let sink = RecordingSink()
        let transport = ScriptedTransport([Self.error(500), Self.success]).intercepted(
            by: RetryInterceptor(sleep: { _ in }),
            UsageInterceptor(UsageMeter(sink: sink))
        )
        let request = Request.post("/v1/chat/completions", "{}", [("X-Client-Request-Id", "mine")])
        _ = try await transport.send(request).body.collect(upTo: 1 << 20)
        #expect(sink.records.map(\.operationID) == ["mine", "mine"])
    }

    @Test
    func `A cancelled wait ends the call`() async throws {
        let script = ScriptedTransport([Self.error(500), Self.success])
        let transport = script.intercepted(by: RetryInterceptor(sleep: { _ in throw CancellationError() }))
        await #expect(throws: CancellationError.self) { try await transport.send(.post("/", "")) }
        #expect(script.requests.count == 1)
    }

    // MARK: - Dates

    /// Fields, and the wait that they prescribe; the clock stands at 2026-11-23T08:55:01Z.
    static let dates: [(fields: [(name: String, value: String)], wait: Duration)] = [
        ([("retry-after", "Mon, 23 Nov 2026 08:55:21 GMT")], .seconds(20)),
        ([("retry-after", "Monday, 23-Nov-26 08:55:21 GMT")], .seconds(20)),
        ([("retry-after", "Mon Nov 23 08:55:21 2026")], .seconds(20)),
        // The server's own clock counts where it shows it.
        (
            [("retry-after", "Mon, 23 Nov 2026 08:55:21 GMT"), ("date", "Mon, 23 Nov 2026 08:55:16 GMT")],
            .seconds(5)
        ),
        // The past, a date that is too far away, and none.
        ([("retry-after", "Mon, 23 Nov 2026 08:55:00 GMT")], .milliseconds(500)),
        ([("retry-after", "Mon, 23 Nov 9999 08:55:00 GMT")], .milliseconds(500)),
        ([("retry-after", "Mon, 99 Nov 2026 08:55:00 GMT")], .milliseconds(500)),
        ([("retry-after", "tomorrow")], .milliseconds(500)), ([("retry-after", "-5")], .milliseconds(500)),
        ([("retry-after", "1.5")], .milliseconds(1_500)),
        ([("retry-after-ms", "soon"), ("retry-after", "Mon, 23 Nov 2026 08:55:03 GMT")], .seconds(2)),
    ]

    @Test(arguments: dates.indices)
    func `A date is waited for, with and without the server's own`(index: Int) async throws {
        let sleeper = Sleeper()
        let transport = ScriptedTransport([Self.error(503, "overloaded", Self.dates[index].fields), Self.success])
            .intercepted(by: RetryInterceptor(clock: ManualClock(), sleep: sleeper.sleep, random: { 0 }))
        _ = try await transport.send(.post("/v1/chat/completions", "{}"))
        #expect(sleeper.durations == [Self.dates[index].wait])
    }

    // MARK: - Errors with bodies

    /// A chain with a meter over answers.
    private func metered(
        _ answers: [ScriptedTransport.Answer],
        _ sink: RecordingSink,
        timeout: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) -> InterceptedTransport<ScriptedTransport> {
        ScriptedTransport(answers).intercepted(
            by: RetryInterceptor(clock: ManualClock(), sleep: { _ in }, timeout: timeout),
            UsageInterceptor(UsageMeter(sink: sink))
        )
    }

    @Test(arguments: [500, 502, 503, 408, 409, 429])
    func `What a retried attempt said is recorded, and its body was read to the end`(status: Int) async throws {
        let sink = RecordingSink()
        let text = #"{"error":{"type":"server_error","code":"overloaded","message":"m"}}"#
        let source = PieceStream([String(text.prefix(9)), String(text.dropFirst(9))])
        let transport = metered([.response(status, Self.json, Body(source)), Self.success], sink)
        _ = try await transport.send(.post("/v1/chat/completions", "{}")).body.collect(upTo: 1 << 20)
        #expect(source.pulled == 2 && source.isReleased)
        let record = try #require(sink.records.first)
        #expect(sink.records.count == 2 && record.outcome == .error && record.status == status)
        #expect(record.errorType == "server_error" && record.errorCode == "overloaded")
    }

    /// A refusal whose body is longer than what is read of it.
    private static func long(_ status: Int, _ code: String, pieces: Int = 64) -> (PieceStream, [String]) {
        let error = #"{"error":{"type":"t","code":"\#(code)","message":""#
        let texts = [error] + Array(repeating: String(repeating: "m", count: 32 << 10), count: pieces) + [#""}}"#]
        return (PieceStream(texts), texts)
    }

    @Test
    func `A 429 with a large body is returned whole when its retries are over`() async throws {
        let sink = RecordingSink()
        let bodies = (0..<3).map { _ in Self.long(429, "rate_limit_exceeded") }
        let transport = metered(bodies.map { .response(429, Self.json, Body($0.0)) }, sink)
        let response = try await transport.send(.post("/v1/chat/completions", "{}"))
        #expect(response.head.status.code == 429)
        #expect(bodies[0].0.isReleased && bodies[1].0.isReleased && bodies[0].0.pulled == 3)
        let bytes = try await response.body.collect(upTo: 1 << 24)
        #expect(bytes == Array(bodies[2].1.joined().utf8))
        #expect(sink.records.map(\.outcome) == [.error, .error, .error])
        #expect(sink.records.map(\.errorCode) == Array(repeating: "rate_limit_exceeded", count: 3))
    }

    @Test
    func `A 429 that no wait mends is returned whole at once, however large it is`() async throws {
        let sink = RecordingSink()
        let budget = RetryBudget(capacity: 1, share: 0)
        let (source, texts) = Self.long(429, "insufficient_quota")
        let script = ScriptedTransport([.response(429, Self.json, Body(source)), Self.error(500), Self.success])
        let transport = script.intercepted(
            by: RetryInterceptor(budget: budget, clock: ManualClock(), sleep: { _ in }),
            UsageInterceptor(UsageMeter(sink: sink))
        )
        let response = try await transport.send(.post("/v1/chat/completions", "{}"))
        #expect(script.requests.count == 1 && sink.records.isEmpty)
        #expect(try await response.body.collect(upTo: 1 << 24) == Array(texts.joined().utf8))
        await #expect { try await response.body.collect(upTo: 1 << 24) } throws: {
            ($0 as? TransportError)?.code == .bodyConsumed
        }
        #expect(sink.records.map(\.errorCode) == ["insufficient_quota"])
        // It took nothing from the budget.
        #expect(try await transport.send(.post("/v1/chat/completions", "{}")).head.status == .ok)
    }

    @Test
    func `A response that is returned in part read ends with its reader`() async throws {
        let sink = RecordingSink()
        let (source, _) = Self.long(429, "insufficient_quota")
        let response = try await metered([.response(429, Self.json, Body(source))], sink)
            .send(.post("/v1/chat/completions", "{}"))
        for try await _ in response.body { break }
        #expect(source.isReleased && sink.records.map(\.outcome) == [.error])
        #expect(response.head.status.code == 429)
    }

    @Test
    func `A code in gzip is understood`() async throws {
        let sink = RecordingSink()
        let body = Body(DeflateWriter.encoded(Array(#"{"error":{"code":"insufficient_quota"}}"#.utf8), as: .gzip))
        let answer = ScriptedTransport.Answer.response(429, Self.json + [("content-encoding", "gzip")], body)
        let response = try await metered([answer, Self.success], sink).send(.post("/v1/chat/completions", "{}"))
        #expect(response.head.status.code == 429)
    }

    /// A body that begins and then says nothing until its reader is cancelled.
    private struct Drip: AsyncSequence, Sendable {
        typealias Element = ArraySlice<UInt8>
        typealias Failure = any Error

        struct AsyncIterator: AsyncIteratorProtocol {
            var hasBegun = false

            mutating func next(isolation actor: isolated (any Actor)? = #isolation) async throws -> ArraySlice<UInt8>? {
                if hasBegun { try await Task.sleep(for: .seconds(3_600)) }
                hasBegun = true
                return Array(#"{"error":"#.utf8)[...]
            }

            mutating func next() async throws -> ArraySlice<UInt8>? { try await next(isolation: nil) }
        }

        func makeAsyncIterator() -> AsyncIterator { AsyncIterator() }
    }

    @Test(.timeLimit(.minutes(1)))
    func `An error that never ends does not hold up its retry`() async throws {
        let sink = RecordingSink()
        let limits = Sleeper()
        let transport = metered([.response(503, Self.json, Body(Drip())), Self.success], sink, timeout: limits.sleep)
        #expect(try await transport.send(.post("/v1/chat/completions", "{}")).head.status == .ok)
        #expect(limits.durations == [.seconds(2)])
        #expect(sink.records.first?.outcome == .error && sink.records.first?.status == 503)
    }

    @Test
    func `An error that breaks off is retried all the same`() async throws {
        let sink = RecordingSink()
        let source = PieceStream([#"{"error":{"code":"insuff"#], failure: TransportError(.connectionLost, ""))
        let transport = metered([.response(429, Self.json, Body(source)), Self.success], sink)
        #expect(try await transport.send(.post("/v1/chat/completions", "{}")).head.status == .ok)
        #expect(sink.records.first?.outcome == .error)
    }

    @Test
    func `A call without retries left is not read ahead`() async throws {
        var policy = RetryPolicy()
        policy.maximumRetries = 0
        let source = PieceStream(["{}"])
        let transport = ScriptedTransport([.response(500, Self.json, Body(source))])
            .intercepted(by: RetryInterceptor(policy: policy, sleep: { _ in }))
        let response = try await transport.send(.post("/v1/chat/completions", "{}"))
        #expect(source.pulled == 0)
        #expect(try await response.body.collect(upTo: 2) == Array("{}".utf8))
    }
}
