import Foundation
import OpenAIUsage
import OpenAIUsageLedger
import OpenAIUsagePricing
import Testing

/// What a call cost can be worked out again from its row alone.
struct LedgerCostTests {
    private static let seed: UInt64 = 0x0c05_7001

    /// A generator whose sequence a seed determines (xorshift64*).
    private struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state ^= state >> 12
            state ^= state << 25
            state ^= state >> 27
            return state &* 0x2545_f491_4f6c_dd1d
        }
    }

    private static func record(_ number: Int, _ generator: inout Generator) -> CallRecord {
        func pick<Element>(_ list: [Element]) -> Element { list[Int.random(in: 0..<list.count, using: &generator)] }
        let startedAt: Int64 = 1_795_392_000_000_000 + Int64(number) * 1_000_000
        var record = CallRecord(
            id: CallID(rawValue: startedAt << 11 | Int64(number & 0x7ff)),
            startedAt: startedAt,
            source: .gateway,
            method: pick(["POST", "POST", "GET"]),
            host: pick(["api.openai.com", "eu.api.openai.com", "openrouter.ai"]),
            path: pick([
                "/v1/responses", "/v1/chat/completions", "/v1/batches/batch_1", "/v1/models", "/v1/files",
                "/v1/decisions",
                "/v1/images/generations", "/v1/audio/speech", "/v1/evals/e/runs/r", "/v1/unheard/of",
            ])
        )
        record.project = pick(["a", "b"])
        record.model = pick(pick(PriceBook.bundled.models).names.map { Optional($0) } + [nil, "gpt-99"])
        record.requestModel = pick(["gpt-4o", nil])
        record.serviceTier = pick([nil, "default", "fast", "flex", "scale", "ultrafast"])
        record.requestedServiceTier = pick([nil, "priority"])
        record.backgroundWindow = pick([nil, nil, nil, "2h", "9h"])
        record.status = pick([200, 200, 200, 429, nil])
        record.outcome = pick([.completed, .cut, .error, .clientDisconnected])
        record.usageState = pick([.reported, .missing, .error, .unitsFromRequest])
        let input = Int64.random(in: 0...600_000, using: &generator)
        if Bool.random(using: &generator) {
            record.usage[.inputTokens] = input
            record.usage[.cachedInputTokens] = input / pick([2, 3, 7])
            record.usage[.cacheWrite12HourTokens] = input / 10
            record.usage[.outputTokens] = Int64.random(in: 0...9_000, using: &generator)
        }
        record.units = pick([
            [:], [:], ["audio_seconds": "12.50"], ["images": "2", "size": "\"1024x1024\"", "quality": "\"hd\""],
            ["input_characters": "1e2"], ["container_memory": "\"4g\"", "container_windows_min": "2"],
            ["svg.model": "\"gpt-6.1-sol\"", "svg.input_tokens": "2500"],
        ])
        record.toolCalls = pick([[:], [:], ["web_search": 2, "mcp": 1], ["code_interpreter": 1, "container.1g": 3]])
        record.providerCost = pick([nil, nil, nil, nil, "1.23456789e-5"])
        record.cost = PriceBook.bundled.cost(of: record)
        return record
    }

    @Test
    func `The lines that explain a row add up to its cost, and pricing it anew changes nothing`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "ledger-cost-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "ledger.db").path()
        var generator = Generator(state: Self.seed)
        let ledger = try Ledger(path: path)
        for number in 0..<2_000 { ledger.record(Self.record(number, &generator)) }
        await ledger.close()

        var statuses: [CostStatus: Int] = [:]
        for record in try LedgerReader(path: path).calls(CallsQuery()) {
            let explanation = PriceBook.bundled.explanation(of: record)
            #expect(explanation.cost == record.cost, "seed \(Self.seed), \(record.id)")
            var sum = MoneySum()
            for line in explanation.lines { sum += line.subtotal }
            #expect(sum.picoUSD == Int128(record.cost.picoUSD ?? 0), "seed \(Self.seed), \(record.id)")
            statuses[record.cost.status, default: 0] += 1
        }
        for status in CostStatus.allCases { #expect(statuses[status] ?? 0 > 20, "\(status)") }

        let query = RepriceQuery(from: 0, to: .max)
        let report = try LedgerReader(path: path).reprice(query) { PriceBook.bundled.cost(of: $0) }
        #expect(report.totals.calls == 2_000)
        #expect(report.totals.written == 0)
    }
}
