import NIOCore
import OpenAIUsage
import OpenAIUsageTestKit
import OpenAIUsageTestSupport
import Testing

@testable import OpenAIUsageGateway

struct RequestTransformerTests {
    static let asking = #"{"model":"m","stream":true}"#
    static let asked = #"{"model":"m","stream":true,"stream_options":{"include_usage":true}}"#

    private func requests(bound: Int = 1 << 20) -> UsageRequests {
        UsageRequests(upstream: "api.openai.com", bound: bound, clock: ManualClock())
    }

    private func transformer(
        _ fields: [(String, String)],
        method: String = "POST",
        path: String = "/v1/chat/completions",
        bound: Int = 1 << 20,
        includesUsage: Bool = true,
        requests: UsageRequests? = nil
    ) throws -> RequestTransformer {
        RequestTransformer(
            request: try Heads.request(fields, method: method, path: path),
            path: path,
            endpoint: Endpoint(method: method, path: path),
            includesUsage: includesUsage,
            requests: requests ?? self.requests(bound: bound)
        )
    }

    private static func json(_ body: String) -> [(String, String)] {
        [("Content-Type", "application/json"), ("Content-Length", String(body.utf8.count))]
    }

    private static let chunked = [("Content-Type", "application/json"), ("Transfer-Encoding", "chunked")]

    /// Hands over a body whose length is told, in one piece.
    private func feed(_ transformer: inout RequestTransformer, _ body: String) {
        transformer.receive(content: ByteBuffer(string: body))
        transformer.receive(ByteBuffer(string: body))
        transformer.end(trailers: nil)
    }

    @Test(arguments: ["/v1/chat/completions", "/v1/completions", "/openai/v1/chat/completions?api-version=1"])
    func aStreamThatDoesNotAskForUsageIsMadeToAsk(_ path: String) throws {
        var transformer = try transformer(Self.json(Self.asking), path: path)
        #expect(transformer.isCollecting)
        feed(&transformer, Self.asking)
        #expect(!transformer.isCollecting && transformer.isRewritten)
        let sent = transformer.take().text
        #expect(sent == Self.asked && transformer.take().isEmpty)
        #expect(transformer.length == Self.asked.utf8.count)
    }

    @Test(arguments: [
        #"{"model":"m"}"#, #"{"model":"m","stream":false}"#, "{}", "[]", "not json", #"{"stream":tru"#,
        #"{"stream":true,"stream_options":{"include_usage":true}}"#,
    ])
    func whatNeedsNoChangeIsNotChanged(_ body: String) throws {
        var transformer = try transformer(Self.json(body))
        feed(&transformer, body)
        let sent = transformer.take().text
        #expect(sent == body && !transformer.isRewritten && transformer.length == nil)
    }

    @Test func aChunkedBodyStaysChunkedWhenItIsRewritten() throws {
        var transformer = try transformer(Self.chunked)
        transformer.receive(content: ByteBuffer(string: Self.asking))
        transformer.receive(ByteBuffer(string: "1b\r\n\(Self.asking)\r\n0\r\nX-Sum: 1\r\n\r\n"))
        transformer.end(trailers: ByteBuffer(string: "X-Sum: 1\r\n"))
        let sent = transformer.take().text
        #expect(
            sent == "\(String(Self.asked.utf8.count, radix: 16))\r\n\(Self.asked)\r\n0\r\nX-Sum: 1\r\n\r\n"
                && transformer.length == nil
        )
        transformer.restore()
        let own = transformer.take().text
        #expect(own == "1b\r\n\(Self.asking)\r\n0\r\nX-Sum: 1\r\n\r\n")
    }

    @Test(arguments: [[], [("Content-Type", "text/plain")], [("Content-Type", "application/x-www-form-urlencoded")]])
    func aBodyOfAnyTypeIsMadeToAskIfItIsJSON(fields: [(String, String)]) throws {
        for (body, sent) in [(Self.asking, Self.asked), ("stream=true", "stream=true")] {
            var transformer = try transformer(fields + [("Content-Length", String(body.utf8.count))])
            feed(&transformer, body)
            let text = transformer.take().text
            #expect(text == sent)
        }
    }

    static let passedOn: [(String, String, String, [(String, String)], Bool)] = [
        ("responses", "POST", "/v1/responses", json(asking), true),
        ("embeddings", "POST", "/v1/embeddings", json(asking), true),
        ("PUT", "PUT", "/v1/chat/completions", json(asking), true),
        (
            "a form", "POST", "/v1/chat/completions",
            [("Content-Type", "multipart/form-data; boundary=x"), ("Content-Length", "27")], true
        ),
        ("encoded", "POST", "/v1/chat/completions", json(asking) + [("Content-Encoding", "gzip")], true),
        ("switched off", "POST", "/v1/chat/completions", json(asking), false),
    ]

    @Test(arguments: passedOn)
    func otherBodiesPassAtOnce(
        _ name: String,
        _ method: String,
        _ path: String,
        _ fields: [(String, String)],
        _ includesUsage: Bool
    ) throws {
        var transformer = try transformer(fields, method: method, path: path, includesUsage: includesUsage)
        #expect(!transformer.isCollecting, "\(name)")
        transformer.receive(content: ByteBuffer(string: Self.asking))
        transformer.receive(ByteBuffer(string: Self.asking))
        let sent = transformer.take().text
        #expect(sent == Self.asking)
        transformer.end(trailers: nil)
        #expect(transformer.take().isEmpty && !transformer.isRewritten)
    }

    @Test func bytesWaitUpToABound() throws {
        var transformer = try transformer([("Content-Length", "100000")], path: "/v1/files")
        let half = ByteBuffer(repeating: 1, count: RequestTransformer.waitingBound / 2)
        transformer.receive(half)
        #expect(!transformer.isFull)
        transformer.receive(half)
        #expect(transformer.isFull)
        let sent = transformer.take()
        #expect(sent.count == 2 && !transformer.isFull)
    }

    // MARK: - Sending once more

    @Test func whatWasSentIsSentOnceMore() throws {
        var transformer = try transformer([("Content-Length", "6")], path: "/v1/embeddings")
        transformer.receive(ByteBuffer(string: "abc"))
        _ = transformer.take()
        transformer.receive(ByteBuffer(string: "def"))
        let canRewind = transformer.rewind()
        let sent = transformer.take().text
        #expect(canRewind && sent == "abcdef")
        let canRewindAgain = transformer.rewind()
        #expect(canRewindAgain && transformer.take().text == "abcdef")
        transformer.settle()
        let canRewindLater = transformer.rewind()
        #expect(!canRewindLater)
    }

    @Test func whatIsTooLongIsNotKeptToBeSentOnceMore() throws {
        var transformer = try transformer([("Content-Length", "10000000")], path: "/v1/files")
        transformer.receive(ByteBuffer(repeating: 1, count: RequestTransformer.replayBound))
        _ = transformer.take()
        let canRewind = transformer.rewind()
        #expect(canRewind)
        _ = transformer.take()
        transformer.receive(ByteBuffer(repeating: 1, count: 1))
        _ = transformer.take()
        let canRewindLonger = transformer.rewind()
        #expect(!canRewindLonger)
    }

    // MARK: - The bound

    @Test func aBodyOfExactlyTheBoundIsHeld() throws {
        let requests = requests(bound: Self.asking.utf8.count)
        var transformer = try transformer(Self.json(Self.asking), requests: requests)
        feed(&transformer, Self.asking)
        #expect(transformer.length == Self.asked.utf8.count && transformer.isRewritten && transformer.note == nil)
        // The client's own body is kept for the case that the upstream refuses this one.
        #expect(requests.heldLength == Self.asking.utf8.count)
        transformer.settle()
        #expect(requests.heldLength == 0)
    }

    @Test func aBodyThatIsAnnouncedAsLongerPassesAtOnceAsItIs() throws {
        var transformer = try transformer(Self.json(Self.asking), bound: Self.asking.utf8.count - 1)
        #expect(!transformer.isCollecting && transformer.note == .notHeld)
        feed(&transformer, Self.asking)
        let sent = transformer.take().text
        #expect(sent == Self.asking && !transformer.isRewritten)
    }

    @Test func aBodyThatTurnsOutToBeLongerPassesFromThereOnAsItIs() throws {
        let requests = requests(bound: 10)
        var transformer = try transformer(Self.chunked, requests: requests)
        #expect(transformer.isCollecting)
        for byte in Self.asking.utf8 { transformer.receive(ByteBuffer(bytes: [byte])) }
        #expect(!transformer.isCollecting && transformer.note == .notHeld && requests.heldLength == 0)
        let sent = transformer.take().text
        #expect(sent == Self.asking)
    }

    @Test func allBodiesTogetherHaveOneBound() throws {
        let requests = requests(bound: Self.asking.utf8.count + 5)
        var first: RequestTransformer? = try transformer(Self.json(Self.asking), requests: requests)
        first?.receive(ByteBuffer(string: Self.asking))
        var second = try transformer(Self.json(Self.asking), requests: requests)
        second.receive(ByteBuffer(string: Self.asking))
        let passed = second.take().text
        #expect(passed == Self.asking && second.note == .notHeld && first?.isCollecting == true)
        // A call that goes away gives its room back.
        first = nil
        #expect(requests.heldLength == 0)
        var third = try transformer(Self.json(Self.asking), requests: requests)
        third.receive(ByteBuffer(string: Self.asking))
        #expect(third.isCollecting)
    }

    // MARK: - Refusals

    @Test func theClientsOwnRequestIsPutBack() throws {
        var transformer = try transformer(Self.json(Self.asking))
        feed(&transformer, Self.asking)
        let asked = transformer.take().text
        transformer.restore()
        let own = transformer.take().text
        #expect(asked == Self.asked && own == Self.asking && !transformer.isRewritten && transformer.length == nil)
    }

    @Test func whatWasRefusedIsNotAskedAgain() throws {
        let requests = requests()
        #expect(requests.remember("m") && !requests.remember("m"))
        for (model, isAsked) in [("m", false), ("other", true)] {
            let body = #"{"model":"\#(model)","stream":true}"#
            var transformer = try transformer(Self.json(body), requests: requests)
            feed(&transformer, body)
            #expect(transformer.isRewritten == isAsked && transformer.model == model)
            #expect(transformer.note == (isAsked ? nil : .refusedBefore))
            let sent = transformer.take().text
            #expect(sent.contains("stream_options") == isAsked)
        }
    }

    @Test(arguments: [UInt64(1), 2, 3])
    func piecesDoNotMatter(_ seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        for round in 0..<200 {
            let padding = String(repeating: "x", count: Int.random(in: 0...200, using: &generator))
            let hasOption = Bool.random(using: &generator)
            let option = hasOption ? #","stream_options":{"include_usage":false}"# : ""
            let body = #"{"pad":"\#(padding)","stream":true\#(option)}"#
            let bound = Int.random(in: 0...300, using: &generator)
            let expected =
                bound < body.utf8.count
                ? body
                : hasOption
                    ? #"{"pad":"\#(padding)","stream":true,"stream_options":{"include_usage":true }}"#
                    : #"{"pad":"\#(padding)","stream":true,"stream_options":{"include_usage":true}}"#
            var transformer = try transformer(Self.json(body), bound: bound)
            var rest = Array(body.utf8)[...]
            var sent = ""
            while !rest.isEmpty {
                if Bool.random(using: &generator) { sent += transformer.take().text }
                let piece = rest.prefix(Int.random(in: 1...40, using: &generator))
                rest = rest.dropFirst(piece.count)
                transformer.receive(content: ByteBuffer(bytes: piece))
                transformer.receive(ByteBuffer(bytes: piece))
            }
            transformer.end(trailers: nil)
            sent += transformer.take().text
            #expect(sent == expected, "seed \(seed), round \(round), bound \(bound)")
            #expect((transformer.length ?? body.utf8.count) == expected.utf8.count, "seed \(seed), round \(round)")
        }
    }

    /// What is kept of requests to be sent once more has a bound for all of them together.
    @Test func whatWasSentIsKeptWithinTheRoomOfAllBodies() throws {
        let requests = requests(bound: 100)
        var first = try transformer(Self.chunked, path: "/v1/embeddings", requests: requests)
        var second = try transformer(Self.chunked, path: "/v1/embeddings", requests: requests)
        first.receive(ByteBuffer(string: String(repeating: "a", count: 60)))
        _ = first.take()
        #expect(requests.heldLength == 60)
        second.receive(ByteBuffer(string: String(repeating: "b", count: 60)))
        let passed = second.take().text
        #expect(passed.count == 60)
        let isKept = second.rewind()
        #expect(!isKept && requests.heldLength == 60)
        let isSentAnew = first.rewind()
        let anew = first.take().text
        #expect(isSentAnew && anew.count == 60 && requests.heldLength == 60)
        first.settle()
        #expect(requests.heldLength == 0)
        // A body that was collected is counted once.
        var third = try transformer(Self.json("{}"), requests: requests)
        feed(&third, "{}")
        let collected = third.take().text
        #expect(collected == "{}" && requests.heldLength == 2)
    }
}
