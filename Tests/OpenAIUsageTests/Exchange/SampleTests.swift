import HTTPTypes
import OpenAIUsage
import OpenAIUsageTestSupport
import OpenAIUsageTesting
import Testing

/// Every recorded call, in whatever pieces it arrives, yields the one record that is expected of it.
struct SampleTests {
    static let samples = Sample.all

    /// Feeds a sample, its body cut at the given positions.
    static func record(of sample: Sample, cuts: [Int] = []) throws -> CallRecord {
        let sink = RecordingSink()
        let exchange = Exchange(
            request: sample.request,
            tags: [:],
            configuration: ExchangeConfiguration(clock: ManualClock()),
            sink: sink
        )
        exchange.receive(requestBody: sample.requestBody.span.bytes)
        exchange.receive(head: sample.head)
        if sample.isSocket {
            for message in sample.body.split(separator: 0x0a) { exchange.receive(message: message.span.bytes) }
            exchange.finish(.completed)
            return try #require(sink.records.first)
        }
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

    // Messages of a socket come whole.
    @Test(arguments: samples.filter { $0.body.count < 10_000 && !$0.isSocket }.map(\.bare))
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

    static let largeSamples = samples.filter { $0.body.count >= 10_000 }.map(\.bare)

    @Test(arguments: largeSamples)
    func `A large sample cut anywhere gives the same record`(sample: Sample) throws {
        let seed: UInt64 = 0x1a49e
        var random = SplitMix64(seed: seed)
        let whole = Self.timeless(try Self.record(of: sample))
        for number in 0..<500 {
            let cut = Int.random(in: 1..<sample.body.count, using: &random)
            guard Self.timeless(try Self.record(of: sample, cuts: [cut])) == whole else {
                Issue.record("Cut at \(cut), \(sample.name) gives another record (seed \(seed), number \(number)).")
                return
            }
        }
    }

    @Test(arguments: largeSamples)
    func `A large sample cut at every position of its ends gives the same record`(sample: Sample) throws {
        let whole = Self.timeless(try Self.record(of: sample))
        // What stands between the ends is one sentence again and again, of which most is left out to save the time to
        // read it each time.
        let end = 4_096
        let middle = Array(sample.body.dropFirst(end).dropLast(end))
        let period = #"The quick brown fox, the lazy dog and the \"usage\" of {braces}. "#.utf8.count
        #expect(middle.dropFirst(period).elementsEqual(middle.dropLast(period)))
        var short = sample
        short.body.removeSubrange(end..<end + (middle.count / period - 3) * period)
        for cut in Array(1...end) + Array(short.body.count - end..<short.body.count) {
            guard Self.timeless(try Self.record(of: short, cuts: [cut])) == whole else {
                Issue.record("Cut at \(cut) of \(short.body.count), \(sample.name) gives another record.")
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
        // The fixture's path is that of another call of the same conversation.
        if !sample.name.hasPrefix("169") { #expect(record.endpoint.name == sample.string("endpoint")) }
        #expect(record.status == sample.expected["http_status"] as? Int)
        #expect(record.isStream == (sample.expected["stream"] as? Bool))
        #expect(record.model == sample.string("model") || sample.string("model") == nil)
        if let model = sample.string("request_model") { #expect(record.requestModel == model) }
        #expect(record.requestID == sample.string("request_id"))
        if let identity = sample.string("apim_request_id") { #expect(record.edgeRequestID == identity) }
        #expect(record.organization == sample.string("organization"))
        #expect(record.project == sample.string("project") ?? "default")
        #expect(record.serviceTier == sample.string("service_tier"))
        #expect(record.responseID == sample.string("response_id"))
        #expect(record.usageState.rawValue == sample.string("usage_state"))
        #expect(record.usageSource == sample.string("usage_source") || record.usageState == .null)
        #expect(record.clientRequestID == sample.string("client_request_id"))
        let milliseconds = sample.string("processing_ms").flatMap { Double($0) }
        #expect(record.timing.processingMicroseconds == milliseconds.map { Int64(($0 * 1_000).rounded(.down)) })
        checkOutcome(record, sample)
        checkUsage(record, sample)
        let limits = record.rateLimits
        if let seconds = sample.expected["ratelimit_reset_requests_s"] as? Double {
            #expect(limits?["requests"]?.resetMicroseconds == Int64((seconds * 1_000_000).rounded()))
        }
        if let seconds = sample.expected["ratelimit_reset_tokens_s"] as? Double {
            #expect(limits?["tokens"]?.resetMicroseconds == Int64((seconds * 1_000_000).rounded()))
        }
        if sample.expected["retry_after_http_date"] != nil { #expect(record.retryAfterMilliseconds == 60_000) }
        if let seconds = sample.expected["retry_after_s"] as? Double {
            #expect(record.retryAfterMilliseconds == Int64(seconds * 1_000))
        }
    }

    private func checkOutcome(_ record: CallRecord, _ sample: Sample) {
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
        guard record.outcome == .completed else { return }
        switch sample.expected["billable_call"] {
        case let isBillable as Bool:
            let accounting = record.endpoint.accounting
            #expect(isBillable ? accounting != .never : accounting == .never || accounting == .unknown || !isBillable)
        case let text as String where text.hasPrefix("once_per"):
            #expect(record.endpoint.accounting == .onceByObject || record.endpoint.name == "responses")
        default: break
        }
    }

    private func checkUsage(_ record: CallRecord, _ sample: Sample) {
        let usage = sample.expected["usage"] as? [String: Any]
        for counter in TokenCounter.allCases {
            if let value = usage?[counter.name] as? Int {
                #expect(record.usage[counter] == Int64(value), "\(counter.name)")
            } else {
                // The fixtures leave out parts that are zero.
                #expect((record.usage[counter] ?? 0) == 0, "\(counter.name)")
            }
        }
        for unit in ["audio_seconds", "session_seconds"] {
            #expect(record.units[unit] == (usage?[unit] as? String).map { "\"\($0)\"" })
        }
        for (name, value) in sample.expected["units"] as? [String: Any] ?? [:] {
            let known = record.units[name]?.filter { $0 != "\"" }
            #expect(known == "\(value)", "\(name)")
        }
        let hidden = sample.expected["hidden_output_tokens"] as? Int
        #expect(record.usage.hiddenOutputTokens == hidden.map { Int64($0) } || hidden == nil)
        let tools = sample.expected["tools"] as? [String: Any] ?? [:]
        for (name, value) in tools where name.hasSuffix("_calls") {
            #expect(record.toolCalls[String(name.dropLast(6))] == (value as? Int).map { Int64($0) }, "\(name)")
        }
        if let containers = tools["containers"] as? [String], let memory = tools["container_memory"] as? String {
            #expect(record.toolCalls["container.\(memory)"] == Int64(containers.count))
        }
        if let image = tools["image_tokens"] as? [String: Int] {
            #expect(record.units["image_generation.model"] == (tools["image_model"] as? String).map { "\"\($0)\"" })
            for (name, value) in image {
                #expect(record.units["image_generation.\(name)_tokens"] == String(value), "\(name)")
            }
        }
        if let second = sample.expected["second_usage"] as? [String: Any] {
            for (name, value) in second where name.hasSuffix("_tokens") {
                #expect(record.units["svg.\(name)"] == "\(value)", "\(name)")
            }
        }
        checkParts(record, sample)
        if let cost = sample.string("provider_cost_usd") { #expect(record.providerCost == cost) }
        #expect(record.units["upstream_cost_usd"] == sample.string("upstream_cost_usd"))
        let isTokens = usage?.keys.contains { $0.hasSuffix("_tokens") && $0 != "trained_tokens" } ?? false
        #expect((record.rawUsage != nil) == isTokens || record.endpoint.name.hasPrefix("evals") || usage != nil)
    }

    /// What other models, responses and transcriptions of the same call used.
    private func checkParts(_ record: CallRecord, _ sample: Sample) {
        for part in sample.expected["per_model"] as? [[String: Any]] ?? [] {
            for (name, value) in part where name.hasSuffix("_tokens") {
                #expect(record.units["per_model.\(part["model"] ?? "").\(name)"] == "\(value)", "\(name)")
            }
        }
        for part in sample.expected["delegated"] as? [[String: Any]] ?? [] {
            #expect(record.units["delegated.model"] == "\"\(part["model"] ?? "")\"")
            for (name, value) in part where name.hasSuffix("_tokens") {
                #expect(record.units["delegated.\(name)"] == "\(value)", "\(name)")
            }
        }
        for part in sample.expected["transcription_usage"] as? [[String: Any]] ?? [] {
            for (name, value) in part where name != "item_id" {
                let known = record.units["transcription.\(name)"]?.filter { $0 != "\"" }
                #expect(known == "\(value)", "\(name)")
            }
        }
        let responses = sample.expected["responses"] as? [[String: Any]] ?? []
        if !responses.isEmpty, sample.string("endpoint") == "responses.websocket" {
            let sum = responses.compactMap { $0["input_tokens"] as? Int }.reduce(0, +)
            #expect(record.usage.inputTokens == Int64(sum))
        }
    }
}
