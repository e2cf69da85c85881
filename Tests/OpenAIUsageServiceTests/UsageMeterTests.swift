import HTTPTypes
import OpenAIUsage
import OpenAIUsageLedger
import OpenAIUsageMetrics
import OpenAIUsagePricing
import OpenAIUsageRecorder
import Testing

/// A meter over a ledger and metrics, either of which may be missing.
struct UsageMeterTests {
    private static let metered = [#"operation="chat_completions""#]

    private static func text(_ metrics: UsageMetrics) -> String {
        String(decoding: metrics.exposition().body, as: UTF8.self)
    }

    /// The value of the one series of a family that bears all the labels.
    private static func value(of family: String, _ labels: [String] = [], in text: String) -> String? {
        let lines = text.split(separator: "\n").filter { line in
            (line.hasPrefix("\(family){") || line.hasPrefix("\(family) ")) && labels.allSatisfy { line.contains($0) }
        }
        return lines.count == 1 ? lines[0].split(separator: " ").last.map(String.init) : nil
    }

    @Test
    func `An object that an old row has counted is not counted in metrics again`() async throws {
        let file = try TemporaryLedger()
        let body =
            #"{"id":"batch_1","object":"batch","status":"completed","model":"gpt-4o-mini","#
            + #""usage":{"input_tokens":10,"output_tokens":5,"total_tokens":15}}"#
        func show(_ meter: UsageMeter) throws {
            let exchange = meter.exchange(
                for: HTTPRequest(
                    method: .get,
                    scheme: "https",
                    authority: "api.openai.com",
                    path: "/v1/batches/batch_1"
                )
            )
            exchange.receive(head: HTTPResponse(status: .ok, headerFields: [.contentType: "application/json"]))
            exchange.receive(body: Array(body.utf8).span.bytes)
            exchange.finish(.completed)
        }
        let ledger = try file.open()
        let metrics = UsageMetrics(build: BuildInformation(version: "1"))
        try show(UsageMeter(ledger: ledger, metrics: metrics))
        await ledger.flush()
        func tokens() -> [Substring] {
            Self.text(metrics).split(separator: "\n").filter { !$0.hasPrefix("#") && $0.contains("tokens_total{") }
        }
        let counted = tokens()
        #expect(!counted.isEmpty)
        // A meter that remembers nothing stands for one that has forgotten.
        let recorder = UsageRecorder(book: .bundled, ledger: ledger, metrics: metrics)
        let forgetful = UsageMeter(sink: recorder, configuration: ExchangeConfiguration())
        try show(forgetful)
        await ledger.flush()
        #expect(tokens() == counted)
        #expect(Self.text(metrics).contains("oai_usage_records_written_total 2"))
        let records = try file.reader().calls(CallsQuery())
        #expect(records.map(\.isCounted) == [true, false])
        #expect(Set(records.map(\.id)).count == 2)
        await ledger.close()
    }

    @Test
    func `A call is priced, kept and counted`() async throws {
        let file = try TemporaryLedger()
        let ledger = try file.open()
        let metrics = UsageMetrics(build: BuildInformation(version: "1"))
        let meter = UsageMeter(ledger: ledger, metrics: metrics, projectsByKey: ["WXYZ": "proj_a"])
        try await withUsageTags(["team": "search"]) { try await MeteredCalls.make(meter) }
        await meter.flush()
        let records = try file.reader().calls(CallsQuery())
        let record = try #require(records.first)
        #expect(records.count == 1)
        #expect(record.outcome == .completed && record.source == .library && record.project == "proj_a")
        #expect(record.usage.inputTokens == 1_000 && record.usage.outputTokens == 100)
        #expect(record.tags == ["team": "search"])
        #expect(record.key?.hint.hasSuffix("WXYZ") == true)
        // 1,000 x $2.50 and 100 x $10.00 a million.
        #expect(record.cost.picoUSD == 3_500_000_000)
        let text = Self.text(metrics)
        #expect(Self.value(of: "oai_usage_records_written_total", in: text) == "1")
        #expect(Self.value(of: "oai_usage_calls_total", Self.metered, in: text) == "1")
        #expect(!text.contains("secret") && !text.contains("prompt\"") && !text.contains("a completion"))
        await ledger.close()
    }

    @Test(arguments: [true, false])
    func `Ledger and metrics are optional`(_ hasMetrics: Bool) async throws {
        let metrics = hasMetrics ? UsageMetrics(build: BuildInformation(version: "1")) : nil
        let meter = UsageMeter(ledger: nil, metrics: metrics)
        for _ in 0..<3 { try await MeteredCalls.make(meter) }
        await meter.flush()
        #expect(meter.openCalls == 0)
        if let metrics {
            #expect(Self.value(of: "oai_usage_calls_total", Self.metered, in: Self.text(metrics)) == "3")
        }
    }

    @Test
    func `A call in flight is shown while it is`() async throws {
        let metrics = UsageMetrics(build: BuildInformation(version: "1"))
        let meter = UsageMeter(ledger: nil, metrics: metrics)
        var response: Response? = try await MeteredCalls.transport(meter).send(MeteredCalls.request)
        let family = "oai_usage_calls_in_flight"
        #expect(Self.value(of: family, Self.metered, in: Self.text(metrics)) == "1")
        #expect(meter.openCalls == 1 && response != nil)
        response = nil
        #expect(Self.value(of: family, Self.metered, in: Self.text(metrics)) == "0")
        #expect(meter.openCalls == 0)
    }

    @Test
    func `What is flushed can be read by others`() async throws {
        let file = try TemporaryLedger()
        let ledger = try file.open()
        let meter = UsageMeter(ledger: ledger)
        for count in 1...20 {
            try await MeteredCalls.make(meter)
            await meter.flush()
            #expect(try file.reader().calls(CallsQuery()).count == count)
        }
        await ledger.close()
    }
}
