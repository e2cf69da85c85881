import OpenAIUsage
import OpenAIUsageLedger
import OpenAIUsageMetrics
import OpenAIUsageTestSupport
import Testing

@testable import OpenAIUsageGateway

/// Metrics from a ledger beside those of the process that wrote it.
struct LedgerMetricsTests {
    private static func record(_ number: Int, _ generator: inout SplitMix64) -> CallRecord {
        var record = ReportingAPITests.record(number)
        record.project = ["a", "b", "c"].randomElement(using: &generator) ?? "a"
        record.model = ["gpt-4o-mini-2024-07-18", "gpt-4o-2024-08-06"].randomElement(using: &generator)
        record.isStream = true
        switch Int.random(in: 0..<10, using: &generator) {
        case 0:
            (record.status, record.outcome, record.errorCode) = (429, .error, "rate_limit_exceeded")
        case 1: (record.status, record.outcome) = (nil, .unreachable)
        case 2: record.outcome = .clientDisconnected
        default: break
        }
        record.usage[.outputTokens] = Int64.random(in: 0..<1_000, using: &generator)
        record.usage[.cachedInputTokens] = generator.chance(50) ? 10 : nil
        record.cost = CallCost(picoUSD: Int64.random(in: 0..<1_000_000_000_000, using: &generator), status: .exact)
        record.timing.durationMicroseconds = Int64.random(in: 1_000..<700_000_000, using: &generator)
        record.timing.timeToFirstTokenMicroseconds = generator.chance(50) ? 500_000 : nil
        return record
    }

    /// The values by series.
    private static func values(_ body: [UInt8]) -> [String: String] {
        var values: [String: String] = [:]
        for line in String(decoding: body, as: UTF8.self).split(separator: "\n") where !line.hasPrefix("#") {
            guard let blank = line.lastIndex(of: " ") else { continue }
            values[String(line[..<blank])] = String(line[line.index(after: blank)...])
        }
        return values
    }

    /// The values with the durations of streams and of other calls summed up, which the ledger does not tell apart.
    private static func withoutStreams(_ values: [String: String]) -> [String: String] {
        var found: [String: String] = [:]
        for (series, value) in values {
            guard series.hasPrefix("oai_usage_call_duration_seconds") else {
                found[series] = value
                continue
            }
            var name = series
            for stream in ["true", "false", "other"] { name = name.replacing(",stream=\"\(stream)\"", with: "") }
            let sum = (found[name].flatMap(Double.init) ?? 0) + (Double(value) ?? .nan)
            found[name] = name.contains("_sum") ? "\(sum)" : "\(Int(sum))"
        }
        return found
    }

    @Test(arguments: [1, 2] as [UInt64])
    func `Series equal those of the process, and grow only`(seed: UInt64) async throws {
        var generator = SplitMix64(seed: seed)
        let folder = try TemporaryFolder()
        let metrics = UsageMetrics(build: BuildInformation(version: "1"))
        // Names are labels after a success, in a process.
        metrics.setListedModels { _ in true }
        let reader = LedgerTotalsReader(path: folder.path("ledger.db"))
        var before: [String: String] = [:]
        for round in 0..<3 {
            let ledger = try Ledger(path: folder.path("ledger.db"))
            for number in 0..<150 {
                var record = Self.record(round * 150 + number, &generator)
                if round == 0, number < 12 { (record.status, record.outcome) = (200, .completed) }
                ledger.record(record)
                metrics.record(record)
            }
            await ledger.close()
            let page = LedgerPage(try await reader.totals(), now: 0)
            let found = Self.withoutStreams(Self.values(page.exposition(accept: nil).body))
            let expected = Self.withoutStreams(Self.values(metrics.exposition().body))
            var compared = 0
            let names = [
                "calls_total", "call_errors_total", "cost_usd_total", "input_tokens_total", "output_tokens_total",
                "input_cached_tokens_total", "client_disconnects_total", "call_duration_seconds_count",
                "time_to_first_token_seconds_count",
            ]
            for (series, value) in expected where names.contains(where: { series.hasPrefix("oai_usage_\($0)") }) {
                #expect(found[series] == value, "\(series)")
                compared += 1
            }
            #expect(compared > 40)
            for (series, value) in expected where series.hasPrefix("oai_usage_call_duration_seconds_sum") {
                let (own, exact) = (Double(found[series] ?? "") ?? 0, Double(value) ?? 1)
                #expect(abs(own - exact) <= exact * 0.008, "\(series)")
            }
            for (series, value) in before where series.contains("_total") {
                #expect(Double(found[series] ?? "") ?? -1 >= Double(value) ?? 0, "\(series)")
            }
            before = found
        }
    }

    @Test
    func `Names beyond the caps are folded in the order in which the ledger met them`() {
        var page = LedgerPage(build: BuildInformation(version: "1"))
        var later = page
        func total(_ number: Int) -> LedgerPage.Total {
            var total = LedgerPage.Total(endpoint: "responses", outcome: .completed)
            (total.project, total.model, total.status, total.calls) = ("p\(number)", "m\(number)", 200, 1)
            return total
        }
        for number in 0..<600 { page.add(total(number)) }
        for number in 0..<900 { later.add(total(number)) }
        let (first, second) = (
            Self.values(page.exposition(accept: nil).body), Self.values(later.exposition(accept: nil).body)
        )
        let requests = first.keys.filter { $0.hasPrefix("oai_usage_calls_total") }
        #expect(requests.count <= 790)
        #expect(requests.reduce(0) { $0 + (Int(first[$1] ?? "") ?? 0) } == 600)
        #expect(requests.allSatisfy { (Int(second[$0] ?? "") ?? -1) >= (Int(first[$0] ?? "") ?? 0) })
    }

    @Test
    func `A scrape of OpenMetrics ends as it must, and says what its figures are`() {
        var page = LedgerPage(build: BuildInformation(version: "1"))
        var total = LedgerPage.Total(endpoint: "responses", outcome: .completed)
        (total.status, total.calls, total.durations) = (200, 1, [(1_500_000, 1)])
        page.add(total)
        let (type, body) = page.exposition(accept: "application/openmetrics-text;version=1.0.0")
        let text = String(decoding: body, as: UTF8.self)
        #expect(type.hasPrefix("application/openmetrics-text"))
        #expect(text.hasSuffix("# EOF\n"))
        #expect(text.contains("within 0.8 %"))
        #expect(!text.contains("oai_usage_gateway_"))
        #expect(!text.contains("Starts at 0"))
    }
}
