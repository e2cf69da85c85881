import HTTPTypes
import OpenAIUsage
import OpenAIUsageTestSupport
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
        let sink = CollectingSink()
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
        let sink = CollectingSink()
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
}
