import HTTPTypes
import OpenAIUsage
import Testing

/// Every recorded call, in whatever pieces it arrives, yields the one record that is expected of it.
struct SampleTests {
    static let endpoints: Set<String> = ["chat.completions", "completions", "responses", "embeddings", "models.list"]
    static let samples = Sample.all.filter {
        endpoints.contains($0.string("endpoint") ?? "") && !$0.name.hasPrefix("169")
    }

    /// Feeds a sample, its body cut at the given positions.
    static func record(of sample: Sample, cuts: [Int] = []) throws -> CallRecord {
        let sink = CollectingSink()
        let exchange = Exchange(
            request: sample.request,
            tags: [:],
            configuration: ExchangeConfiguration(clock: ManualClock()),
            sink: sink
        )
        exchange.receive(requestBody: sample.requestBody.span.bytes)
        exchange.receive(head: sample.head)
        var start = 0
        for cut in cuts + [sample.body.count] where cut > start && cut <= sample.body.count {
            exchange.receive(body: sample.body[start..<cut].span.bytes)
            start = cut
        }
        exchange.finish(sample.isCut ? .cut : .completed)
        exchange.finish(.completed)
        #expect(sink.records.count == 1)
        return try #require(sink.records.first)
    }

    @Test(arguments: samples)
    func `A sample fed whole agrees with what is expected`(sample: Sample) throws {
        check(try Self.record(of: sample), sample)
    }

    @Test(arguments: samples)
    func `A sample fed byte by byte gives the same record`(sample: Sample) throws {
        let whole = try Self.record(of: sample)
        let single = try Self.record(of: sample, cuts: Array(0..<sample.body.count))
        #expect(Self.timeless(whole) == Self.timeless(single))
    }

    @Test(arguments: samples.filter { $0.body.count < 8_192 })
    func `A sample cut at every position gives the same record`(sample: Sample) throws {
        let whole = Self.timeless(try Self.record(of: sample))
        for cut in 1..<max(2, sample.body.count) {
            let record = Self.timeless(try Self.record(of: sample, cuts: [cut]))
            guard record == whole else {
                Issue.record("Cut at \(cut), \(sample.name) gives another record.")
                return
            }
        }
    }

    static func timeless(_ record: CallRecord) -> CallRecord {
        var record = record
        record.id = CallID(rawValue: 0)
        record.operationID = ""
        return record
    }

    private func check(_ record: CallRecord, _ sample: Sample) {
        #expect(record.endpoint.name == sample.string("endpoint"))
        #expect(record.status == sample.expected["http_status"] as? Int)
        #expect(record.isStream == (sample.expected["stream"] as? Bool))
        #expect(record.model == sample.string("model") || sample.string("model") == nil)
        #expect(record.requestID == sample.string("request_id") || sample.string("apim_request_id") != nil)
        #expect(record.organization == sample.string("organization"))
        #expect(record.project == sample.string("project") ?? "default")
        #expect(record.serviceTier == sample.string("service_tier"))
        #expect(record.responseID == sample.string("response_id"))
        #expect(record.usageState.rawValue == sample.string("usage_state"))
        #expect(record.usageSource == sample.string("usage_source") || record.usageState == .null)
        #expect(record.clientRequestID == sample.string("client_request_id"))
        let milliseconds = sample.string("processing_ms").flatMap { Double($0) }
        #expect(record.timing.processing == milliseconds.map { Int64(($0 * 1_000).rounded(.down)) })
        if let error = sample.expected["error"] as? [String: Any] {
            #expect(record.outcome == .error)
            #expect(record.errorType == error["type"] as? String)
            #expect(record.errorCode == error["code"] as? String)
        }
        switch sample.string("outcome") {
        case "error": #expect(record.outcome == .error)
        case "cut": #expect(record.outcome == .cut)
        case "failed": #expect(record.outcome == .error && record.finish == "failed")
        case let finish: #expect(record.outcome == .completed && record.finish == finish)
        }
        let usage = sample.expected["usage"] as? [String: Any]
        for counter in TokenCounter.allCases {
            if let value = usage?[counter.name] as? Int {
                #expect(record.usage[counter] == Int64(value), "\(counter.name)")
            } else {
                // The fixtures leave out parts that are zero.
                #expect((record.usage[counter] ?? 0) == 0, "\(counter.name)")
            }
        }
        #expect((record.rawUsage != nil) == (usage != nil))
        if let cost = sample.string("provider_cost_usd") { #expect(record.providerCost == cost) }
        let limits = record.rateLimits
        if let seconds = sample.expected["ratelimit_reset_requests_s"] as? Double {
            #expect(limits?["requests"]?.reset == Int64((seconds * 1_000_000).rounded()))
        }
        if let seconds = sample.expected["retry_after_s"] as? Double {
            #expect(record.retryAfterMilliseconds == Int64(seconds * 1_000))
        }
    }
}
