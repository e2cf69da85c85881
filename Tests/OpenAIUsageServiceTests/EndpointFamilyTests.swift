import HTTPTypes
import OpenAIUsageLedger
import OpenAIUsageMetrics
import OpenAIUsagePricing
import OpenAIUsageRecorder
import Testing

@testable import OpenAIUsage

/// An endpoint of a kind that no source knows, from the catalog to the price.
struct EndpointFamilyTests {
    /// Poems: `/bill` of the poem, streamed in its last event.
    private final class PoemFamily: EndpointFamily {
        private static let selection = JSONSelection(
            ResponseSelection.Node(members: [
                ("poem", ResponseSelection.field(.identity)), ("poet", ResponseSelection.field(.model)),
                ("type", ResponseSelection.field(.type)), ("error", ResponseSelection.error),
                (
                    "bill",
                    ResponseSelection.Node(
                        field: ResponseField.usage.rawValue,
                        members: [
                            ("read", ResponseSelection.counter(.inputTokens)),
                            ("written", ResponseSelection.counter(.outputTokens)),
                        ],
                        isVerbatim: true
                    )
                ),
            ])
        )

        func selection(for mode: ResponseReader.Mode) -> JSONSelection { Self.selection }

        func readDocument(_ event: ParsedEvent, into reader: inout ResponseReader) {
            reader.replaceUsage(event, source: "/bill")
        }

        func readEvent(_ event: ParsedEvent, named name: [UInt8], into reader: inout ResponseReader) {
            reader.readError(event, named: name)
            if EventName.equals(name, "line") { reader.hasContent = true }
            guard EventName.equals(name, "end") else { return }
            reader.identity.merge(event.identity)
            reader.replaceUsage(event, source: "event:end:/bill")
            reader.isTerminated = true
        }

        var endsByEventOnly: Bool { true }
        func finish(_ identity: ResponseIdentity) -> String? { "the end" }

        func units(_ response: borrowing ResponseReader, _ request: ParsedRequest) -> [String: String] {
            ["lines": "4"]
        }

        var operation: Endpoint.Operation { .init("poems", isServedByModel: true) }

        func generativeOperation(_ endpoint: Endpoint) -> Endpoint.GenerativeOperation? { .init("recite") }
    }

    private static let document = #"{"poem":"p_1","poet":"gpt-4o","bill":{"read":1000,"written":100}}"#
    private static let stream = """
        event: line
        data: {"text":"a secret verse"}

        event: end
        data: {"poem":"p_2","poet":"gpt-4o","bill":{"read":1000,"written":100}}


        """
    private static let cut = "event: line\ndata: {\"text\":\"a secret verse\"}\n\n"
    private static let failure = #"{"error":{"type":"invalid_request_error","code":"no_rhyme","message":"no"}}"#

    @Test
    func `A family of a program's own is recognized, read, priced, kept and counted`() async throws {
        let file = try TemporaryLedger()
        let ledger = try file.open()
        let metrics = UsageMetrics(build: BuildInformation(version: "1"))
        var configuration = ExchangeConfiguration(objects: ledger.objects)
        let catalog = EndpointCatalog.standard.adding([.init("POST", "poems", "poems", PoemFamily())])
        configuration.endpoints = EndpointCache(catalog, capacity: 8)
        let meter = UsageMeter(
            ledger: ledger,
            metrics: metrics,
            book: .bundled,
            sinks: [],
            configuration: configuration
        )
        let calls = [
            (200, "application/json", Self.document), (200, "text/event-stream", Self.stream),
            (200, "text/event-stream", Self.cut), (400, "application/json", Self.failure),
        ]
        for (status, type, body) in calls {
            let transport = ClosureTransport { _, _ in
                Response(
                    head: HTTPResponse(status: .init(code: status), headerFields: [.contentType: type]),
                    body: Body(body)
                )
            }.intercepted(by: UsageInterceptor(meter))
            let head = HTTPRequest(method: .post, scheme: "https", authority: "api.openai.com", path: "/v1/poems")
            _ = try await transport.send(Request(head: head, body: Body("{}"))).body.collect(upTo: 10_000)
        }
        await meter.flush()
        let records = try file.reader().calls(CallsQuery())
        #expect(records.map(\.endpoint.name) == ["poems", "poems", "poems", "poems"])
        #expect(records.map(\.outcome) == [.completed, .completed, .cut, .error])
        #expect(records.map(\.usage.inputTokens) == [1_000, 1_000, nil, nil])
        #expect(records.map(\.usageSource) == ["/bill", "event:end:/bill", nil, nil])
        #expect(records.map(\.responseID) == ["p_1", "p_2", nil, nil])
        #expect(records.map(\.isStream) == [false, true, true, false])
        #expect(records.map(\.units) == [["lines": "4"], ["lines": "4"], ["lines": "4"], [:]])
        #expect(records[3].errorCode == "no_rhyme" && records[0].finish == "the end")
        #expect(records[0].usage.outputTokens == 100 && records.prefix(2).allSatisfy { $0.usageState == .reported })
        // 1,000 x $2.50 and 100 x $10.00 a million.
        #expect(records.prefix(2).allSatisfy { $0.cost.picoUSD == 3_500_000_000 && $0.cost.status == .exact })
        let text = String(decoding: metrics.exposition().body, as: UTF8.self)
        let lines = text.split(separator: "\n")
        func value(_ prefix: String) -> Substring? {
            lines.first { $0.hasPrefix(prefix) && $0.contains(#"operation="poems""#) }?.split(separator: " ").last
        }
        #expect(value("oai_usage_input_tokens_total{") == "2000" && value("oai_usage_cost_usd_total{") == "0.007")
        #expect(value("oai_usage_calls_in_flight{") == "0")
        #expect(Endpoint.GenerativeOperation(catalog.endpoint(method: "POST", path: "/v1/poems")).name == "recite")
        #expect(!text.contains("secret"))
        await ledger.close()
    }
}
