import OpenAIUsage
import OpenAIUsageLedger
import OpenAIUsagePricing
import Testing

@testable import oai_usage

struct ChargeSplitterTests {
    private static func call(_ model: String = "gpt-4o-mini", input: Int64 = 1_000, output: Int64 = 100) -> CallRecord {
        let start = Timestamp(microsecondsSince1970: 1_790_000_000_000_000)
        var record = CallRecord(
            id: CallID(startedAt: start, number: 1),
            startedAt: start,
            method: "POST",
            host: "api.openai.com",
            path: "/v1/chat/completions"
        )
        record.outcome = .completed
        record.status = 200
        record.model = model
        record.usageState = .reported
        record.usage[.inputTokens] = input
        record.usage[.outputTokens] = output
        record.cost = PriceBook.bundled.cost(of: record)
        return record
    }

    @Test
    func `A cost is the sum of its charges`() {
        let record = Self.call()
        var splitter = ChargeSplitter(books: [.bundled])
        let charges = splitter.charges(of: record)
        #expect(charges.map(\.key.meter) == ["input", "output"])
        #expect(charges.reduce(0) { $0 + $1.picoUSD } == record.cost.picoUSD.map { Int128($0) })
        #expect(charges.allSatisfy { $0.key.price != nil && $0.key.unit == .tokens })
        #expect(splitter.unsplitCalls.isEmpty)
    }

    @Test
    func `A cost that no book explains stays whole`() {
        var record = Self.call()
        record.cost.picoUSD = 42
        record.cost.priceVersion = "2020-01-01+0badf00d"
        var splitter = ChargeSplitter(books: [.bundled])
        let charges = splitter.charges(of: record)
        #expect(charges.map(\.key.meter) == [ChargeSplitter.Meter.unsplit])
        #expect(charges.map(\.picoUSD) == [42])
        #expect(charges.first?.pricingQuantity?.text == "0.000000000042")
        #expect(splitter.unsplitCalls == ["2020-01-01+0badf00d": 1])
    }

    @Test
    func `Use without a price stays visible by its tokens`() {
        var splitter = ChargeSplitter(books: [.bundled])
        let charges = splitter.charges(of: Self.call("no-such-model"))
        #expect(charges.map(\.key.meter) == ["input", "output"])
        #expect(charges.map(\.quantity.text) == ["1000", "100"])
        #expect(charges.allSatisfy { $0.key.price == nil && $0.picoUSD == 0 && $0.key.reason == "unknown_model" })
    }

    @Test
    func `Only chosen tags keep calls apart`() {
        var record = Self.call()
        record.tags = ["team": "search", "run": "17"]
        var all = ChargeSplitter(books: [.bundled])
        #expect(all.charges(of: record).first?.key.tags == #"{"run":"17","team":"search"}"#)
        var one = ChargeSplitter(books: [.bundled], tags: ["team"])
        #expect(one.charges(of: record).first?.key.tags == #"{"team":"search"}"#)
        var none = ChargeSplitter(books: [.bundled], tags: [])
        #expect(none.charges(of: record).first?.key.tags == nil)
    }

    @Test(
        arguments: [
            ("api.openai.com", "OpenAI", nil), ("eu.api.openai.com", "OpenAI", "eu"),
            ("acme.openai.azure.com", "Microsoft", nil), ("openrouter.ai", "openrouter.ai", nil),
        ] as [(String, String, String?)]
    )
    func `The host tells who is paid, and where`(host: String, provider: String, region: String?) throws {
        var record = Self.call()
        record.host = host
        record.cost = PriceBook.bundled.cost(of: record)
        var splitter = ChargeSplitter(books: [.bundled])
        let key = try #require(splitter.charges(of: record).first).key
        #expect(key.provider == provider)
        #expect(key.region == region)
    }
}
