import Foundation
import HTTPTypes
import OpenAIUsage
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

        mutating func index(_ bytes: [UInt8]) -> Int { Int.random(in: 0...bytes.count, using: &random) }

        /// Up to four changes; a splice brings in part of another body.
        mutating func mutate(_ bytes: [UInt8], splicing others: [[UInt8]]) -> [UInt8] {
            var bytes = bytes
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                switch Int.random(in: 0...5, using: &random) {
                case 0 where !bytes.isEmpty:
                    bytes[Int.random(in: 0..<bytes.count, using: &random)] ^=
                        1 << UInt8.random(in: 0...7, using: &random)
                case 1 where !bytes.isEmpty:
                    bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
                case 2:
                    let start = index(bytes)
                    bytes.removeSubrange(start..<min(bytes.count, start + Int.random(in: 1...20, using: &random)))
                case 3:
                    let inserted = (0..<Int.random(in: 1...20, using: &random)).map { _ in
                        Self.alphabet.randomElement(using: &random) ?? 0
                    }
                    bytes.insert(contentsOf: inserted, at: index(bytes))
                case 4:
                    bytes.removeLast(Int.random(in: 0...bytes.count / 2, using: &random))
                default:
                    guard let other = others.randomElement(using: &random), !other.isEmpty else { continue }
                    let start = index(other)
                    let part = other[start..<min(other.count, start + Int.random(in: 0...400, using: &random))]
                    bytes.insert(contentsOf: part, at: index(bytes))
                }
            }
            return bytes
        }

        mutating func cuts(_ count: Int) -> [Int] {
            if Int.random(in: 0...19, using: &random) == 0 { return Array(0..<count) }
            return (0..<Int.random(in: 0...8, using: &random)).map { _ in Int.random(in: 0...count, using: &random) }
                .sorted()
        }

        private static let alphabet = Array("{}[]\":,\\\n\r 0123456789.eE-\0\u{ff}\u{7f}utfdnd".utf8)
    }

    static let endings: [Ending] = [.completed, .cut, .clientDisconnected, .timeout, .unreachable, .abandoned]

    private static func record(
        _ sample: Sample,
        request: HTTPRequest,
        requestBody: [UInt8],
        body: [UInt8],
        mutator: inout Mutator
    ) -> [CallRecord] {
        let sink = CollectingSink()
        do {
            let exchange = Exchange(
                request: request,
                tags: ["team": "search"],
                configuration: ExchangeConfiguration(
                    clock: ManualClock(),
                    fingerprinter: KeyFingerprinter(secret: [1, 2, 3])
                ),
                sink: sink
            )
            ObservedCall.pieces(of: requestBody, cuts: mutator.cuts(requestBody.count)) {
                exchange.receive(requestBody: $0.span.bytes)
            }
            exchange.receive(head: sample.head)
            ObservedCall.pieces(of: body, cuts: mutator.cuts(body.count)) { exchange.receive(body: $0.span.bytes) }
            exchange.recordOpen()
            let ending = endings.randomElement(using: &mutator.random) ?? .cut
            if Bool.random(using: &mutator.random) { exchange.finish(ending) }
        }
        return sink.records + sink.openRecords
    }

    /// The fields of a record that exceed their bounds.
    static func excesses(_ record: CallRecord) -> [String] {
        let bounds: [(name: String, text: String?, bound: Int)] = [
            ("operationID", record.operationID, 512), ("client", record.client, 64), ("method", record.method, 16),
            ("host", record.host, 128), ("path", record.path, 256), ("organization", record.organization, 256),
            ("project", record.project, 256), ("requestedOrganization", record.requestedOrganization, 256),
            ("requestedProject", record.requestedProject, 256), ("key", record.key?.hint, 18),
            ("requestModel", record.requestModel, 256), ("model", record.model, 256),
            ("requestedServiceTier", record.requestedServiceTier, 256), ("serviceTier", record.serviceTier, 256),
            ("backgroundWindow", record.backgroundWindow, 256), ("finish", record.finish, 64),
            ("errorType", record.errorType, 64), ("errorCode", record.errorCode, 64),
            ("requestID", record.requestID, 256),
            ("clientRequestID", record.clientRequestID, 512), ("responseID", record.responseID, 256),
            ("usageSource", record.usageSource, 64), ("rawUsage", record.rawUsage, 16_384),
            ("providerCost", record.providerCost, 512),
        ]
        let isUnbounded = bounds.filter { ($0.text?.utf8.count ?? 0) > $0.bound }.map(\.name)
        // Verbatim text keeps the line ends of its document; nothing else has control characters.
        let isUnclean = bounds.filter { $0.name != "rawUsage" }.filter { entry in
            entry.text?.unicodeScalars.contains { $0.properties.generalCategory == .control } ?? false
        }
        return isUnbounded + isUnclean.map { "\($0.name) is unclean" }
    }

    @Test(arguments: 0..<40)
    func `Damaged bodies yield one record within its bounds`(batch: Int) {
        let seed = UInt64(0xdead_0000 + batch)
        var mutator = Mutator(random: SplitMix64(seed: seed))
        let bodies = Self.samples.map(\.body)
        for number in 0..<500 {
            guard let sample = Self.samples.randomElement(using: &mutator.random) else { continue }
            let body = mutator.mutate(sample.body, splicing: bodies)
            let requestBody = mutator.mutate(sample.requestBody, splicing: bodies)
            let records = Self.record(
                sample,
                request: sample.request,
                requestBody: requestBody,
                body: body,
                mutator: &mutator
            )
            guard records.count == 2, records.allSatisfy({ Self.excesses($0).isEmpty }),
                records[0].outcome != .open, records[1].outcome == .open,
                [.reported, .reportedUnterminated].contains(records[0].usageState)
                    || (records[0].usage.isEmpty && records[0].rawUsage == nil)
            else {
                Issue.record(
                    "\(sample.name), seed \(seed), number \(number): \(records.count), \(records.map(Self.excesses))"
                )
                return
            }
            // What is derived from a record must stand as well.
            let buckets = TokenBuckets(records[0].usage)
            #expect(buckets.totalInput == max(0, records[0].usage.inputTokens ?? 0))
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
                guard try call.record().timeless == whole else {
                    Issue.record("\(sample.name), seed \(seed), number \(number), cuts \(cuts.prefix(9))")
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
                    call.sample,
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
        let marker = Array(Self.marker.utf8)
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
                call.sample,
                request: call.request,
                requestBody: call.requestBody,
                body: body,
                mutator: &mutator
            )
            for record in records {
                let text = Array(String(reflecting: record).utf8)
                let isFound = text.indices.contains { text[$0...].starts(with: marker) }
                #expect(!isFound, "\(call.sample.name), seed \(seed), number \(number)")
            }
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
