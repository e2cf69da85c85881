import Foundation
import HTTPTypes
import Hummingbird
import Logging
import OpenAIUsage
import OpenAIUsageCurl
import OpenAIUsageLedger
import OpenAIUsageMetrics
import OpenAIUsageRecorder
import OpenAIUsageService
import OpenAIUsageTesting
import ServiceLifecycle
import UnixSignals

/// The samples of the article that begins.
enum GettingStartedSamples {
    typealias Request = OpenAIUsage.Request

    static func meter() throws -> (Ledger, UsageMetrics, UsageMeter) {
        let ledger = try Ledger(path: "usage.db")
        let metrics = UsageMetrics(build: BuildInformation(version: "1.0"))
        let meter = UsageMeter(ledger: ledger, metrics: metrics)
        return (ledger, metrics, meter)
    }

    static func call(_ meter: UsageMeter, _ key: String) async throws {
        let transport = CurlTransport().intercepted(
            by: RetryInterceptor(),
            IncludeUsageInterceptor(),
            UsageInterceptor(meter)
        )
        let head = HTTPRequest(
            method: .post,
            scheme: "https",
            authority: "api.openai.com",
            path: "/v1/chat/completions",
            headerFields: [.contentType: "application/json", .authorization: "Bearer \(key)"]
        )
        let question = #"{"model":"gpt-4o-mini","stream":true,"messages":[{"role":"user","content":"Hello!"}]}"#
        let response = try await transport.send(Request(head: head, body: Body(question)))
        for try await piece in response.body {
            print(String(decoding: piece, as: UTF8.self), terminator: "")
        }
    }

    static func taskLocal(_ transport: some Transport, _ answer: (any Transport) async throws -> Void) async throws {
        try await withUsageTags(["team": "search", "feature": "rag"]) {
            try await answer(transport)
        }
    }

    static func context(_ transport: some Transport, _ request: Request) async throws -> [UInt8] {
        let context = CallContext(tags: ["team": "search"], operationID: "order-4711")
        let response = try await transport.send(request, context: context)
        return try await response.body.collect(upTo: 10_000)
    }

    static func recording(
        _ meter: UsageMeter,
        _ transport: some Transport,
        _ answer: (any Transport) async throws -> String
    ) async throws -> String {
        let (text, calls) = try await meter.recording {
            try await answer(transport)
        }
        for call in calls { print(call.attempt, call.cost.usd?.description ?? "unknown") }
        return text
    }

    static func testing() async throws {
        let sink = RecordingSink()
        let transport = ScriptedTransport(.chat(model: "gpt-4o-mini", input: 21, output: 6))
            .intercepted(by: UsageInterceptor(UsageMeter(ledger: nil, sinks: [sink])))
        _ = try await transport.send(.chat("gpt-4o-mini")).body.collect(upTo: 10_000)
        let expected = CallExpectation(outcome: .completed, inputTokens: 21, costUSD: "0.00000675")
        let mismatches = expected.mismatches(in: try sink.onlyRecord)
        precondition(mismatches.isEmpty)
    }

    static func read() throws {
        let reader = try LedgerReader(path: "usage.db")
        for call in try reader.calls(CallsQuery()) {
            let tokens = call.usage.totalTokens.map { String($0) } ?? "-"
            let cost = call.cost.usd.map { "$\($0)" } ?? "unknown"
            print(call.requestID ?? "-", call.model ?? "-", tokens, cost)
        }
    }

    static func serve(
        _ meter: UsageMeter,
        _ ledger: Ledger,
        _ metrics: UsageMetrics,
        _ server: any Service,
        _ logger: Logger
    ) async throws {
        let group = ServiceGroup(
            services: [UsageService(meter: meter, ledger: ledger), MetricsEndpoint(metrics: metrics), server],
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        )
        try await group.run()
    }

    static func read() async throws -> Report {
        let reader = AsyncLedgerReader(path: "usage.db")
        let now = Timestamp(Date())
        let week = ReportQuery(from: now - .seconds(7 * 86_400), to: now, groupBy: [.project, .model])
        let report = try await reader.report(week)
        for row in report.rows { print(row.group, row.calls, row.duration?.p95 ?? .zero) }
        return report
    }

    static func mount(_ metrics: UsageMetrics, in router: Router<BasicRequestContext>) {
        router.expose(metrics, at: "/metrics")
    }

    static func text(_ metrics: UsageMetrics, _ accept: String?) -> (String, [UInt8]) {
        let (contentType, body) = metrics.exposition(accept: accept)
        return (contentType, body)
    }
}
