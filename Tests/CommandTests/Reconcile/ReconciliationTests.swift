import OpenAIUsage
import OpenAIUsagePricing
import Testing

@testable import oai_usage

struct ReconciliationTests {
    private static let start: Int64 = 1_795_392_000
    private static let hour: Int64 = 3_600
    private static let model = "gpt-4o-mini-2024-07-18"

    /// A call some seconds after midnight.
    private static func record(
        at second: Int64,
        input: Int64 = 1_000,
        cached: Int64 = 0,
        output: Int64 = 500,
        seconds: Int64 = 1
    ) -> CallRecord {
        var record = CallRecord(
            id: CallID(startedAt: Timestamp(microsecondsSince1970: (start + second) * 1_000_000)),
            startedAt: (start + second) * 1_000_000,
            source: .gateway,
            method: "POST",
            host: "api.openai.com",
            path: "/v1/chat/completions"
        )
        record.status = 200
        record.outcome = .completed
        record.usageState = .reported
        record.model = model
        record.project = "proj_a"
        record.serviceTier = "default"
        record.usage[.inputTokens] = input
        record.usage[.cachedInputTokens] = cached
        record.usage[.outputTokens] = output
        record.timing.durationMicroseconds = seconds * 1_000_000
        record.cost = PriceBook.bundled.cost(of: record)
        return record
    }

    private static func usage(
        hour: Int64,
        input: Int64 = 1_000,
        cached: Int64 = 0,
        output: Int64 = 500,
        requests: Int64 = 1,
        daysLater: Int64 = 0
    ) throws -> ProviderBucket {
        let text =
            """
            {"input_tokens":\(input),"input_cached_tokens":\(cached),"output_tokens":\(output),
             "num_model_requests":\(requests),"project_id":"proj_a","model":"\(model)","service_tier":"default"}
            """
        return ProviderBucket(
            kind: .completions,
            start: start + hour * Self.hour,
            end: start + (hour + 1) * Self.hour,
            results: requests == 0 ? [] : [try JSONDocument(parsing: text).root.value],
            fetchedAt: (start + 86_400 + daysLater * 86_400) * 1_000_000
        )
    }

    private static func compare(
        _ records: [CallRecord],
        _ buckets: [ProviderBucket]
    ) throws -> Reconciliation {
        let theirs = try ProviderData(buckets, filter: ReconcileFilter(), keys: nil, book: .bundled) { _ in false }
        var ours = OurUsage(book: .bundled, hasKeys: false) { theirs.width($0, $1) }
        for record in records { ours.add(record) }
        let result = Reconciliation(ours, theirs, settings: Reconciliation.Settings(book: .bundled))
        let totals = ReconcileTotals(result)
        #expect(result.causes.values.reduce(0) { $0 + $1.picoUSD } == totals.differencePicoUSD)
        #expect(
            result.causes.values.reduce(0) { $0 + $1.tokenDifference }
                == totals.theirs.allTokens - totals.ours.allTokens
        )
        #expect(
            result.causes.values.reduce(0) { $0 + $1.callDifference } == totals.theirs.calls - totals.ours.calls
        )
        return result
    }

    @Test
    func `The same calls have no cause`() throws {
        let result = try Self.compare([Self.record(at: 10)], [try Self.usage(hour: 0)])
        #expect(result.causes.isEmpty)
    }

    @Test
    func `A call that ended in the next hour is in flight at the boundary`() throws {
        let records = [
            Self.record(at: 3_590, seconds: 60), Self.record(at: 100, input: 70, output: 7),
            Self.record(at: 3_700, input: 50, output: 5),
        ]
        let buckets = [
            try Self.usage(hour: 0, input: 70, output: 7),
            try Self.usage(hour: 1, input: 1_050, output: 505, requests: 2),
        ]
        let result = try Self.compare(records, buckets)
        #expect(result.causes.keys.sorted { $0.rawValue < $1.rawValue } == [.inFlight])
        #expect(result.causes[.inFlight]?.calls == 1)
        #expect(result.causes[.inFlight]?.tokens == 1_500)
    }

    @Test
    func `A call that ended after the last bucket is in flight at the boundary`() throws {
        let records = [Self.record(at: 3_590, seconds: 60), Self.record(at: 100)]
        let result = try Self.compare(records, [try Self.usage(hour: 0)])
        #expect(result.causes.keys.sorted { $0.rawValue < $1.rawValue } == [.inFlight])
        #expect(result.causes[.inFlight]?.callDifference == -1)
    }

    @Test(arguments: [(Int64(0), ReconcileCause.lateUsage), (9, .remainder)])
    func `What they lack is late until the bucket has settled`(daysLater: Int64, cause: ReconcileCause) throws {
        let bucket = try Self.usage(hour: 0, daysLater: daysLater)
        let result = try Self.compare([Self.record(at: 1), Self.record(at: 2)], [bucket])
        #expect(Array(result.causes.keys) == [cause])
        #expect(result.causes[cause]?.picoUSD == -450_000_000)
    }

    @Test
    func `Cached tokens of the same input are a cache class`() throws {
        let result = try Self.compare([Self.record(at: 1)], [try Self.usage(hour: 0, cached: 600)])
        #expect(Array(result.causes.keys) == [.cacheClass])
        #expect(result.causes[.cacheClass]?.tokens == 600)
        #expect(result.causes[.cacheClass]?.picoUSD == -45_000_000)
    }

    @Test
    func `More output of as many calls has no cause`() throws {
        let result = try Self.compare([Self.record(at: 1)], [try Self.usage(hour: 0, output: 600)])
        #expect(Array(result.causes.keys) == [.remainder])
        #expect(result.causes[.remainder]?.picoUSD == 60_000_000)
    }

    @Test
    func `Random calls on both sides always add up`() throws {
        var state: UInt64 = 42
        func random(_ limit: Int64) -> Int64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int64(state >> 33) % limit
        }
        for _ in 0..<200 {
            let records = (0..<random(8)).map { _ in
                Self.record(at: random(7_200), input: 1_000 + random(500), cached: random(800), output: random(900))
            }
            let buckets = try (Int64(0)..<2).map { hour in
                try Self.usage(
                    hour: hour,
                    input: 2_000 + random(3_000),
                    cached: random(2_000),
                    output: random(3_000),
                    requests: random(5)
                )
            }
            _ = try Self.compare(records, buckets)
        }
    }
}
