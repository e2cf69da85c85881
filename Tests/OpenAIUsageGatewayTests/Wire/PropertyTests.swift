import NIOCore
import OpenAIUsageTestSupport
import Testing

@testable import OpenAIUsageGateway

/// Properties that hold for any bytes; a failure prints its seed.
struct PropertyTests {
    /// Messages that were changed at random are read alike however they are cut.
    @Test(arguments: 0..<16)
    func changedMessagesAreReadAlikeHoweverTheyAreCut(_ seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let requests = CorpusCase.requests.map(\.input).filter { $0.count < 600 }
        let responses = CorpusCase.responses.map(\.input).filter { $0.count < 600 }
        for _ in 0..<500 {
            let request = Mutation.change(requests.randomElement(using: &random) ?? [], &random)
            let response = Mutation.change(responses.randomElement(using: &random) ?? [], &random)
            let limits =
                Bool.random(using: &random)
                ? HeadLimits()
                : HeadLimits(
                    bytes: Int.random(in: 1...400, using: &random),
                    targetBytes: Int.random(in: 1...40, using: &random),
                    fields: Int.random(in: 0...4, using: &random)
                )
            let cuts = Self.cuts(request.count, &random)
            #expect(
                WireReading.requests(request, cuts: cuts, limits: limits)
                    == WireReading.requests(request, limits: limits),
                "seed \(seed), cuts \(cuts), \(limits): \(Latin1.text(request).debugDescription)"
            )
            let others = Self.cuts(response.count, &random)
            #expect(
                WireReading.responses(response, cuts: others, limits: limits)
                    == WireReading.responses(response, limits: limits),
                "seed \(seed), cuts \(others), \(limits): \(Latin1.text(response).debugDescription)"
            )
        }
    }

    /// Requests that are made at random by the grammar are read back, and what is written of them is read back too.
    @Test(arguments: 0..<16)
    func randomRequestsAreReadAndWritten(_ seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for _ in 0..<200 {
            let made = Made(&random)
            let cuts = Self.cuts(made.bytes.count, &random)
            let reading = WireReading.requests(made.bytes, cuts: cuts)
            let message = try #require(
                reading.messages.first,
                "seed \(seed): \(Latin1.text(made.bytes).debugDescription)"
            )
            #expect(message.startLine == [made.method, made.target, "1.1"], "seed \(seed)")
            #expect(message.fields == made.fields.map { "\($0.name): \($0.value)" }, "seed \(seed)")
            #expect(message.body == made.body && message.isWhole, "seed \(seed)")
            #expect(reading.error == nil && reading.messages.count == 1 && reading.unread == 0, "seed \(seed)")

            var parser = RequestParser()
            var buffer = ByteBuffer(bytes: made.bytes)
            guard case .head(let head) = parser.parse(&buffer) else { throw CancellationError() }
            var output = ByteBuffer()
            HeadWriter.write(head, to: RequestRoute(authority: "up.test", prefix: "/p"), into: &output)
            let written = WireReading.requests(Array(output.readableBytesView) + message.passed)
            let forwarded = try #require(written.messages.first)
            #expect(written.messages.count == 1 && written.error == nil && written.unread == 0, "seed \(seed)")
            #expect(forwarded.startLine == [made.method, "/p" + made.target, "1.1"], "seed \(seed)")
            #expect(forwarded.fields.sorted() == made.expected.sorted(), "seed \(seed)")
            #expect(forwarded.body == made.body && forwarded.framing == message.framing, "seed \(seed)")
        }
    }

    private static func cuts(_ count: Int, _ random: inout SplitMix64) -> [Int] {
        guard count > 1 else { return [] }
        return Set((0..<Int.random(in: 1...8, using: &random)).map { _ in Int.random(in: 1..<count, using: &random) })
            .sorted()
    }

    /// A request by the grammar.
    private struct Made {
        var method = ""
        var target = ""
        var fields: [(name: String, value: String)] = []
        /// The fields that the upstream must get.
        var expected: [String] = []
        var body: [UInt8] = []
        var bytes: [UInt8] = []

        private static let token = Array("!#$%&'*+-.^_`|~0123456789abcXYZ".unicodeScalars)
        private static let text = Array("\u{21}\u{22}():;,=@[]{}\u{7e}\u{80}\u{a0}\u{ff}abc XYZ\t0".unicodeScalars)
        private static let path = Array("/?%&=;:@!$'()*+,-._~abcXYZ012|\"<>{}^`\\".unicodeScalars)
        private static let dropped = ["Keep-Alive", "TE", "Proxy-Connection", "Expect", "openai-usage-tags", "Trailer"]

        init(_ random: inout SplitMix64) {
            func text(_ scalars: [Unicode.Scalar], _ counts: ClosedRange<Int>) -> String {
                String(
                    String.UnicodeScalarView(
                        (0..<Int.random(in: counts, using: &random)).compactMap { _ in
                            scalars.randomElement(using: &random)
                        }
                    )
                )
            }
            method = ["GET", "POST", "PUT", "QUERY", text(Self.token, 1...12)].randomElement(using: &random) ?? "GET"
            target = "/" + text(Self.path, 0...40)
            var hop: String?
            fields = [("Host", "api.test")]
            for _ in 0..<Int.random(in: 0...20, using: &random) {
                let value = text(Self.text, 0...50).trimmed
                switch Int.random(in: 0..<8, using: &random) {
                case 0:
                    fields.append((Self.dropped.randomElement(using: &random) ?? "TE", value))
                case 1 where hop == nil:
                    let name = "X-Hop-" + text(Self.token, 1...5)
                    hop = name
                    fields.append(("Connection", name.lowercased()))
                    fields.append((name, value))
                default:
                    let name = "X" + text(Self.token, 0...20)
                    fields.append((name, value))
                    expected.append("\(name): \(value)")
                }
            }
            if let hop { expected.removeAll { $0.lowercased().hasPrefix(hop.lowercased() + ":") } }
            expected.append("Host: up.test")
            body = (0..<Int.random(in: 0...60, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
            var framed: [UInt8] = []
            switch Int.random(in: 0..<3, using: &random) {
            case 0:
                body = []
            case 1:
                fields.append(("content-length", "\(body.count)"))
                expected.append("content-length: \(body.count)")
                framed = body
            default:
                fields.append(("Transfer-Encoding", "Chunked"))
                expected.append("Transfer-Encoding: chunked")
                var rest = body[...]
                while !rest.isEmpty {
                    let chunk = rest.prefix(Int.random(in: 1...20, using: &random))
                    rest = rest.dropFirst(chunk.count)
                    framed += Array("\(String(chunk.count, radix: 16))\r\n".utf8) + chunk + [13, 10]
                }
                framed += Array("0\r\n\r\n".utf8)
            }
            let blanks = ["", " ", "\t", "  \t "]
            var head = "\(method) \(target) HTTP/1.1\r\n"
            for (name, value) in fields {
                let before = blanks.randomElement(using: &random) ?? ""
                let behind = blanks.randomElement(using: &random) ?? ""
                head += "\(name):\(before)\(value)\(behind)\r\n"
            }
            bytes = Latin1.bytes(head + "\r\n") + framed
        }
    }
}

extension String {
    fileprivate var trimmed: String {
        var scalars = Substring.UnicodeScalarView(unicodeScalars)
        while let first = scalars.first, first == " " || first == "\t" { scalars.removeFirst() }
        while let last = scalars.last, last == " " || last == "\t" { scalars.removeLast() }
        return String(Substring(scalars))
    }
}
