import HTTPTypes
import Hummingbird
import OpenAIUsage
import OpenAIUsageMetrics
import Synchronization
import Testing

/// The samples that need neither a key nor a file do what the article says.
struct GettingStartedTests {
    private final class Sink: UsageSink {
        let records = Mutex<[CallRecord]>([])

        func record(_ record: CallRecord) { records.withLock { $0.append(record) } }
    }

    private let sink = Sink()
    private let request = OpenAIUsage.Request(
        head: HTTPRequest(method: .get, scheme: "https", authority: "api.openai.com", path: "/v1/models")
    )

    private var transport: some Transport {
        ClosureTransport { _, _ in Response(head: HTTPResponse(status: .ok), body: Body("{}")) }
            .intercepted(by: UsageInterceptor(UsageMeter(sink: sink)))
    }

    private typealias Response = OpenAIUsage.Response

    @Test
    func `Tags are set for everything inside a closure`() async throws {
        let request = request
        try await GettingStartedSamples.taskLocal(transport) {
            _ = try await $0.send(request).body.collect(upTo: 100)
        }
        #expect(sink.records.withLock { $0.map(\.tags) } == [["team": "search", "feature": "rag"]])
    }

    @Test
    func `Tags are set for one call`() async throws {
        #expect(try await GettingStartedSamples.context(transport, request) == Array("{}".utf8))
        let record = try #require(sink.records.withLock { $0.first })
        #expect(record.tags == ["team": "search"] && record.operationID == "order-4711")
    }

    @Test
    func `Metrics are had as text`() {
        let metrics = UsageMetrics(build: BuildInformation(version: "1"))
        let (type, body) = GettingStartedSamples.text(metrics, "application/openmetrics-text")
        #expect(type.hasPrefix("application/openmetrics-text") && body.suffix(6).elementsEqual("# EOF\n".utf8))
    }

    @Test
    func `A router shows metrics, for GET and HEAD`() async throws {
        let router = Router()
        GettingStartedSamples.mount(UsageMetrics(build: BuildInformation(version: "1")), in: router)
        #expect(router.routes.map { "\($0.method) \($0.path)" }.sorted() == ["GET /metrics", "HEAD /metrics"])
    }
}
