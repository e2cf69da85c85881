import Foundation
import HTTPTypes
import OpenAIUsage
import OpenAIUsageTestSupport
import OpenAIUsageTesting
import Testing

/// Whatever an upstream sends, an exchange yields one record, within its bounds and without content.
struct PropertyTests {
    /// Text that stands for content; nothing of it may be found in a record.
    static let marker = "MARKERq7x"

    /// All bodies of the fixtures, with the heads they came with.
    static let samples = Sample.all.filter { $0.body.count < 20_000 }

    /// Changes bodies at random.
    struct Mutator {
        var random: SplitMix64

        /// A number below a bound, quickly: nearly all of a test's numbers are these.
        mutating func below(_ bound: Int) -> Int {
            bound > 0 ? Int(truncatingIfNeeded: random.next().multipliedFullWidth(by: UInt64(bound)).high) : 0
        }

        /// Up to four changes; a splice brings in part of another body.
        mutating func mutate(_ bytes: [UInt8], splicing others: [[UInt8]]) -> [UInt8] {
            var bytes = bytes
            for _ in 0...below(4) {
                switch below(6) {
                case 0 where !bytes.isEmpty: bytes[below(bytes.count)] ^= 1 << UInt8(below(8))
                case 1 where !bytes.isEmpty: bytes[below(bytes.count)] = UInt8(below(256))
                case 2:
                    let start = below(bytes.count + 1)
                    bytes.removeSubrange(start..<min(bytes.count, start + 1 + below(20)))
                case 3:
                    let start = below(Self.alphabet.count)
                    let part = Self.alphabet[start..<min(Self.alphabet.count, start + 1 + below(20))]
                    bytes.insert(contentsOf: part, at: below(bytes.count + 1))
                case 4: bytes.removeLast(below(bytes.count / 2 + 1))
                default:
                    let other = others[below(others.count)]
                    let start = below(other.count)
                    bytes.insert(
                        contentsOf: other[start..<min(other.count, start + below(400))],
                        at: below(bytes.count + 1)
                    )
                }
            }
            return bytes
        }

        /// A few cuts, and now and then, of short bodies, all.
        mutating func cuts(_ count: Int) -> [Int] {
            if count < 500, below(40) == 0 { return Array(0..<count) }
            return (0..<below(6)).map { _ in below(count + 1) }.sorted()
        }

        /// What means something to the parsers, in no order that does.
        private static let alphabet: [UInt8] = {
            let words = Array("{}[]\":,\\\n\r 0123456789.eE-\0\u{ff}\u{7f}utfdnd\n\ndata: ".utf8)
            var random = SplitMix64(seed: 0xa1fa)
            return (0..<2_000).map { _ in words.randomElement(using: &random) ?? 0 }
        }()
    }

    static let endings: [TransportEnd] = [
        .completed, .cut, .clientDisconnected, .timeout, .unreachable, .unanswered, .abandoned,
    ]

    private static let configuration = ExchangeConfiguration(
        clock: ManualClock(),
        fingerprinter: KeyFingerprinter(secret: [1, 2, 3])
    )

    private static func record(
        _ head: HTTPResponse,
        request: HTTPRequest,
        requestBody: [UInt8],
        body: [UInt8],
        mutator: inout Mutator
    ) -> [CallRecord] {
        let sink = RecordingSink()
        do {
            let exchange = Exchange(
                request: request,
                tags: ["team": "search"],
                configuration: configuration,
                sink: sink
            )
            ObservedCall.pieces(of: requestBody, cuts: mutator.cuts(requestBody.count)) {
                exchange.receive(requestBody: $0.span.bytes)
            }
            exchange.receive(head: head)
            ObservedCall.pieces(of: body, cuts: mutator.cuts(body.count)) { exchange.receive(body: $0.span.bytes) }
            exchange.recordOpen()
            let ending = endings[mutator.below(endings.count)]
            if mutator.below(2) == 0 { exchange.finish(ending) }
        }
        return sink.records + sink.openRecords
    }

    private static let bareSamples = samples.map(\.bare)

    @Test(arguments: 0..<40)
    func `Damaged bodies yield one record within its bounds`(batch: Int) {
        let seed = UInt64(0xdead_0000 + batch)
        var mutator = Mutator(random: SplitMix64(seed: seed))
        let bodies = Self.samples.map(\.body)
        for number in 0..<2_500 {
            // What the heads bring to a record is the same each time.
            let samples = number % 10 == 0 ? Self.samples : Self.bareSamples
            let sample = samples[mutator.below(samples.count)]
            let body = mutator.mutate(sample.body, splicing: bodies)
            let requestBody = mutator.mutate(sample.requestBody, splicing: bodies)
            let records = Self.record(
                sample.head,
                request: sample.request,
                requestBody: requestBody,
                body: body,
                mutator: &mutator
            )
            guard records.count == 2, records.allSatisfy({ $0.excesses.isEmpty }),
                records[0].outcome != .open, records[1].outcome == .open,
                [.reported, .reportedUnterminated].contains(records[0].usageState)
                    || (records[0].usage.isEmpty
                        && (records[0].rawUsage == nil || records[0].usageState == .unparsable
                            || records[0].usageState == .error || records[0].outcome != .completed))
            else {
                Issue.record(
                    "\(sample.name), seed \(seed), number \(number): \(records.count), \(records.map(\.excesses))"
                )
                return
            }
            // What is derived from a record must stand as well.
            guard TokenBuckets(records[0].usage).totalInput == max(0, records[0].usage.inputTokens ?? 0) else {
                Issue.record("\(sample.name), seed \(seed), number \(number): the buckets have another sum.")
                return
            }
        }
    }

    @Test(arguments: 0..<10)
    func `Damaged bodies give the same record in whatever pieces they come`(batch: Int) throws {
        let seed = UInt64(0xcafe_0000 + batch)
        var mutator = Mutator(random: SplitMix64(seed: seed))
        let bodies = Self.samples.map(\.body)
        for number in 0..<200 {
            guard let sample = Self.samples.randomElement(using: &mutator.random), sample.body.count < 4_000 else {
                continue
            }
            let body = mutator.mutate(sample.body, splicing: bodies)
            var call = ObservedCall()
            call.path = sample.request.path ?? "/"
            call.fields = sample.head.headerFields.map { ($0.name.rawName, $0.value) }
            call.body = body
            let whole = try call.record().timeless
            for cuts in [mutator.cuts(body.count), Array(0..<body.count)] {
                call.cuts = cuts
                let record = try call.record().timeless
                guard record == whole else {
                    Issue.record(
                        """
                        \(sample.name), seed \(seed), number \(number), cuts \(cuts.prefix(9)): \
                        \(record.differences(from: whole)), \(String(decoding: body, as: UTF8.self).debugDescription)
                        """
                    )
                    return
                }
            }
        }
    }

    // MARK: Content

    /// Replaces all content of a document by the marker: every string under a name that bears content.
    private static func marked(_ value: Any, name: String = "") -> Any {
        let names: Set<String> = [
            "content", "text", "delta", "arguments", "message", "input", "instructions", "refusal", "reasoning",
            "reasoning_content", "summary", "b64_json", "embedding", "prompt", "output", "description", "data",
            "transcript",
            "obfuscation", "system_fingerprint", "user", "param", "safety_identifier", "prompt_cache_key", "logprobs",
        ]
        switch value {
        case let text as String where names.contains(name): return "\(marker) \(text) \(marker)"
        // The usage object is kept verbatim.
        case let object as [String: Any] where name == "usage": return object
        case let object as [String: Any]:
            var marked = object.reduce(into: [String: Any]()) { $0[$1.key] = Self.marked($1.value, name: $1.key) }
            // Content under names that no API has.
            marked["x_\(marker)"] = ["\(marker)": marker]
            return marked
        case let array as [Any]: return array.map { marked($0, name: name) }
        default: return value
        }
    }

    private static func marked(json bytes: [UInt8]) -> [UInt8]? {
        guard let value = try? JSONSerialization.jsonObject(with: Data(bytes)),
            let data = try? JSONSerialization.data(withJSONObject: marked(value), options: [.fragmentsAllowed])
        else { return nil }
        return Array(data)
    }

    private static func marked(_ bytes: [UInt8], isStream: Bool) -> [UInt8]? {
        guard isStream else { return marked(json: bytes) }
        var lines: [String] = []
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("data: {"), let data = marked(json: Array(line.dropFirst(6).utf8)) {
                lines.append("data: " + String(decoding: data, as: UTF8.self))
            } else {
                lines.append(String(line))
            }
        }
        return Array((": \(marker)\nid: \(marker)\n\(marker): \(marker)\n\n" + lines.joined(separator: "\n")).utf8)
    }

    /// Calls whose bodies are full of the marker, with keys that are made of it.
    static let markedCalls: [(sample: Sample, body: [UInt8], request: HTTPRequest, requestBody: [UInt8])] =
        samples.compactMap { sample in
            let isStream = sample.head.headerFields[.contentType]?.hasPrefix("text/event-stream") ?? false
            guard let body = marked(sample.body, isStream: isStream) else { return nil }
            var request = sample.request
            request.headerFields[.authorization] = "Bearer sk-proj-\(marker)0123456789\(marker)wxyz"
            request.headerFields[.cookie] = marker
            request.headerFields[.referer] = "https://example.com/\(marker)"
            request.path = (request.path ?? "/") + "?key=\(marker)"
            request.authority = "\(marker):\(marker)@" + (request.authority ?? "")
            return (sample, body, request, marked(json: sample.requestBody) ?? [])
        }

    @Test
    func `The marker stands in nearly every body`() {
        #expect(Self.markedCalls.count > 90)
        let marker = Array(Self.marker.utf8)
        let count = Self.markedCalls.count { call in
            call.body.indices.contains { call.body[$0...].starts(with: marker) }
        }
        #expect(count == Self.markedCalls.count)
    }

    @Test
    func `A record of a call that is full of content has none of it`() {
        var mutator = Mutator(random: SplitMix64(seed: 0x5ec_2e7))
        for call in Self.markedCalls {
            for _ in 0..<5 {
                let records = Self.record(
                    call.sample.head,
                    request: call.request,
                    requestBody: call.requestBody,
                    body: call.body,
                    mutator: &mutator
                )
                #expect(records.count == 2)
                for record in records {
                    #expect(!String(reflecting: record).contains(Self.marker), "\(call.sample.name)")
                }
            }
        }
    }

    @Test
    func `Marked bodies are metered like the samples`() throws {
        let endpoints = ["chat.completions", "completions", "responses", "embeddings"]
        for call in Self.markedCalls where endpoints.contains(call.sample.string("endpoint") ?? "") {
            guard call.sample.head.headerFields[.contentEncoding] == nil else { continue }
            let expected = try SampleTests.record(of: call.sample)
            var marked = ObservedCall()
            marked.path = call.sample.request.path ?? "/"
            marked.fields = call.sample.head.headerFields.map { ($0.name.rawName, $0.value) }
            marked.requestBody = call.sample.requestBody
            marked.body = call.body
            marked.ending = call.sample.isCut ? .cut : .completed
            let record = try marked.record()
            #expect(record.usage == expected.usage, "\(call.sample.name)")
            #expect(record.model == expected.model && record.finish == expected.finish, "\(call.sample.name)")
        }
    }

    @Test(arguments: 0..<20)
    func `Nor does damage bring content into a record`(batch: Int) {
        let seed = UInt64(0xc0de_0000 + batch)
        var mutator = Mutator(random: SplitMix64(seed: seed))
        for number in 0..<100 {
            guard let call = Self.markedCalls.randomElement(using: &mutator.random) else { continue }
            // Single bytes and the end: a longer change could itself make content of a name, or a name of content.
            var body = call.body
            for _ in 0..<Int.random(in: 1...3, using: &mutator.random) where !body.isEmpty {
                let index = Int.random(in: 0..<body.count, using: &mutator.random)
                switch Int.random(in: 0...3, using: &mutator.random) {
                case 0: body[index] ^= 1 << UInt8.random(in: 0...7, using: &mutator.random)
                case 1: body.remove(at: index)
                case 2: body.insert(UInt8.random(in: 0...255, using: &mutator.random), at: index)
                default: body.removeLast(Int.random(in: 0...body.count / 2, using: &mutator.random))
                }
            }
            let records = Self.record(
                call.sample.head,
                request: call.request,
                requestBody: call.requestBody,
                body: body,
                mutator: &mutator
            )
            let isFound = records.contains { String(reflecting: $0).contains(Self.marker) }
            #expect(!isFound, "\(call.sample.name), seed \(seed), number \(number)")
        }
    }

    @Test
    func `Heads bring no more than what is asked of them`() throws {
        var call = ObservedCall()
        call.requestFields = [
            ("cookie", Self.marker), ("x-secret", Self.marker), ("authorization", "Bearer \(Self.marker)-0123456789"),
            ("proxy-authorization", "Basic \(Self.marker)"), ("x-api-key", Self.marker), ("openai-beta", Self.marker),
        ]
        call.fields += [
            ("set-cookie", "__cf_bm=\(Self.marker)"), ("location", "/\(Self.marker)"),
            ("x-ratelimit-reset-tokens", Self.marker),
            ("retry-after", Self.marker), ("openai-processing-ms", Self.marker), ("etag", Self.marker),
        ]
        call.body = ExchangeEndingTests.document.bytes
        call.configuration.fingerprinter = KeyFingerprinter(secret: [1])
        let record = try call.record()
        #expect(record.usageState == .reported && record.rateLimits?["tokens"] == RateLimits.Window())
        #expect(!String(reflecting: record).contains(Self.marker))
    }
}
