import Foundation
import NIOCore
import NIOHTTP1
import OpenAIUsage
import OpenAIUsageTestKit
import OpenAIUsageTestSupport
import Testing

@testable import OpenAIUsageGateway

struct RequestUploadTests {
    static let asking = #"{"model":"m","stream":true}"#
    static let asked = #"{"model":"m","stream":true,"stream_options":{"include_usage":true}}"#

    private func requests(bound: Int = 1 << 20) -> UsageRequests {
        UsageRequests(upstream: "api.openai.com", bound: bound, clock: ManualClock())
    }

    private func head(
        _ fields: [(String, String)],
        method: HTTPMethod = .POST,
        path: String = "/v1/chat/completions"
    ) -> HTTPRequestHead {
        HTTPRequestHead(version: .http1_1, method: method, uri: path, headers: HTTPHeaders(fields))
    }

    private func upload(
        _ head: HTTPRequestHead,
        bound: Int = 1 << 20,
        includesUsage: Bool = true,
        requests: UsageRequests? = nil
    ) -> RequestUpload {
        RequestUpload(
            head: head,
            endpoint: Endpoint(method: head.method.rawValue, path: head.uri),
            includesUsage: includesUsage,
            requests: requests ?? self.requests(bound: bound)
        )
    }

    private static func json(_ body: String) -> [(String, String)] {
        [("Content-Type", "application/json"), ("Content-Length", String(body.utf8.count))]
    }

    /// What is sent, as one text; `|` stands for the end.
    private func text(_ pieces: [RequestUpload.Piece]) -> String {
        pieces.map { piece in
            switch piece {
            case .body(let body): String(buffer: body)
            case .end(let trailers): "|" + (trailers.map { $0.map { "\($0.name)=\($0.value)" }.joined() } ?? "")
            }
        }.joined()
    }

    @Test(arguments: ["/v1/chat/completions", "/v1/completions", "/openai/v1/chat/completions?api-version=1"])
    func aStreamThatDoesNotAskForUsageIsMadeToAsk(_ path: String) throws {
        var upload = upload(head(Self.json(Self.asking), path: path))
        #expect(upload.isCollecting)
        #expect(text(upload.receive(ByteBuffer(string: Self.asking), hasConnection: false)) == "")
        let rest = upload.end(trailers: nil, hasConnection: false)
        #expect(text(rest) == "")
        #expect(!upload.isCollecting)
        #expect(upload.isRewritten)
        #expect(text(upload.takePending()) == Self.asked + "|")
        #expect(text(upload.takePending()) == "")
        #expect(upload.head.headers["content-length"] == [String(Self.asked.utf8.count)])
        #expect(!upload.head.headers.contains(name: "transfer-encoding"))
    }

    @Test(arguments: [
        #"{"model":"m"}"#, #"{"model":"m","stream":false}"#, "{}", "[]", "not json", #"{"stream":tru"#,
        #"{"stream":true,"stream_options":{"include_usage":true}}"#,
    ])
    func whatNeedsNoChangeIsNotChanged(_ body: String) throws {
        var upload = upload(head(Self.json(body)))
        _ = upload.receive(ByteBuffer(string: body), hasConnection: false)
        _ = upload.end(trailers: nil, hasConnection: false)
        #expect(text(upload.takePending()) == body + "|")
        #expect(!upload.isRewritten)
        #expect(upload.head.headers["content-length"] == [String(body.utf8.count)])
    }

    @Test func anEmptyBodyHasAnEndOnly() throws {
        var upload = upload(head(Self.json("")))
        _ = upload.end(trailers: nil, hasConnection: false)
        #expect(text(upload.takePending()) == "|")
        #expect(upload.head.headers["content-length"] == ["0"])
    }

    @Test func aChunkedBodyStaysChunkedWhenItIsRewritten() throws {
        var upload = upload(head([("Content-Type", "application/json"), ("Transfer-Encoding", "chunked")]))
        _ = upload.receive(ByteBuffer(string: Self.asking), hasConnection: false)
        _ = upload.end(trailers: ["X-Sum": "1"], hasConnection: false)
        #expect(text(upload.takePending()) == Self.asked + "|X-Sum=1")
        #expect(!upload.head.headers.contains(name: "content-length"))
        #expect(upload.head.headers["transfer-encoding"] == ["chunked"])
    }

    @Test(arguments: [[], [("Content-Type", "text/plain")], [("Content-Type", "application/x-www-form-urlencoded")]])
    func aBodyOfAnyTypeIsMadeToAskIfItIsJSON(fields: [(String, String)]) throws {
        for (body, sent) in [(Self.asking, Self.asked), ("stream=true", "stream=true")] {
            var upload = upload(head(fields + [("Content-Length", String(body.utf8.count))]))
            _ = upload.receive(ByteBuffer(string: body), hasConnection: false)
            _ = upload.end(trailers: nil, hasConnection: false)
            #expect(text(upload.takePending()) == sent + "|")
            #expect(upload.head.headers["content-length"] == [String(sent.utf8.count)])
        }
    }

    static let passedOn: [(String, HTTPMethod, String, [(String, String)], Bool)] = [
        ("responses", .POST, "/v1/responses", json(asking), true),
        ("embeddings", .POST, "/v1/embeddings", json(asking), true),
        ("PUT", .PUT, "/v1/chat/completions", json(asking), true),
        ("a form", .POST, "/v1/chat/completions", [("Content-Type", "multipart/form-data; boundary=x")], true),
        ("encoded", .POST, "/v1/chat/completions", json(asking) + [("Content-Encoding", "gzip")], true),
        ("switched off", .POST, "/v1/chat/completions", json(asking), false),
    ]

    @Test(arguments: passedOn)
    func otherBodiesPassAtOnce(
        _ name: String,
        _ method: HTTPMethod,
        _ path: String,
        _ fields: [(String, String)],
        _ includesUsage: Bool
    ) throws {
        let head = head(fields, method: method, path: path)
        var upload = upload(head, includesUsage: includesUsage)
        #expect(!upload.isCollecting, "\(name)")
        #expect(text(upload.receive(ByteBuffer(string: Self.asking), hasConnection: true)) == Self.asking)
        #expect(text(upload.end(trailers: nil, hasConnection: true)) == "|")
        #expect(upload.head == head)
    }

    @Test func withoutAConnectionBytesWaitUpToABound() throws {
        var upload = upload(head([], path: "/v1/files"))
        let half = ByteBuffer(repeating: 1, count: RequestUpload.pendingBound / 2)
        #expect(upload.receive(half, hasConnection: false).isEmpty)
        #expect(!upload.isFull)
        #expect(upload.receive(half, hasConnection: false).isEmpty)
        #expect(upload.isFull)
        #expect(upload.end(trailers: nil, hasConnection: false).isEmpty)
        let pending = upload.takePending()
        #expect(pending.count == 3)
        #expect(!upload.isFull)
        #expect(upload.receive(half, hasConnection: true).count == 1)
        #expect(!upload.isFull)
    }

    // MARK: - The bound

    @Test func aBodyOfExactlyTheBoundIsHeld() {
        let requests = requests(bound: Self.asking.utf8.count)
        var upload = upload(head(Self.json(Self.asking)), requests: requests)
        #expect(upload.isCollecting)
        _ = upload.receive(ByteBuffer(string: Self.asking), hasConnection: false)
        #expect(upload.isCollecting && requests.heldLength == Self.asking.utf8.count)
        _ = upload.end(trailers: nil, hasConnection: false)
        #expect(upload.head.headers["content-length"] == [String(Self.asked.utf8.count)])
        #expect(upload.isRewritten && upload.note == nil)
        // The client's own body is kept for the case that the upstream refuses this one.
        #expect(requests.heldLength == Self.asking.utf8.count)
        upload.settle()
        #expect(requests.heldLength == 0)
    }

    @Test func aBodyThatIsAnnouncedAsLongerPassesAtOnceAsItIs() {
        let head = head(Self.json(Self.asking))
        var upload = upload(head, bound: Self.asking.utf8.count - 1)
        #expect(!upload.isCollecting && upload.note == .notHeld)
        var sent = text(upload.receive(ByteBuffer(string: Self.asking), hasConnection: true))
        sent += text(upload.end(trailers: nil, hasConnection: true))
        #expect(sent == Self.asking + "|" && upload.head == head && !upload.isRewritten)
    }

    @Test(arguments: [true, false])
    func aBodyThatTurnsOutToBeLongerPassesFromThereOnAsItIs(_ isChunked: Bool) {
        let fields = isChunked ? [("Content-Type", "application/json"), ("Transfer-Encoding", "chunked")] : []
        let head = head(isChunked ? fields : [("Content-Type", "application/json"), ("Content-Length", "1e9")])
        let requests = requests(bound: 10)
        var upload = upload(head, requests: requests)
        #expect(upload.isCollecting)
        var sent = ""
        for byte in Self.asking.utf8 {
            let wasCollecting = upload.isCollecting
            sent += text(upload.receive(ByteBuffer(bytes: [byte]), hasConnection: !wasCollecting))
        }
        #expect(!upload.isCollecting && upload.note == .notHeld && requests.heldLength == 0)
        sent += text(upload.end(trailers: nil, hasConnection: true))
        #expect(text(upload.takePending()) + sent == Self.asking + "|" && upload.head == head)
    }

    @Test func allBodiesTogetherHaveOneBound() {
        let requests = requests(bound: Self.asking.utf8.count + 5)
        var first: RequestUpload? = upload(head(Self.json(Self.asking)), requests: requests)
        _ = first?.receive(ByteBuffer(string: Self.asking), hasConnection: false)
        var second = upload(head(Self.json(Self.asking)), requests: requests)
        let passed = text(second.receive(ByteBuffer(string: Self.asking), hasConnection: true))
        #expect(passed == Self.asking && second.note == .notHeld && first?.isCollecting == true)
        // A call that goes away gives its room back.
        first = nil
        #expect(requests.heldLength == 0)
        var third = upload(head(Self.json(Self.asking)), requests: requests)
        _ = third.receive(ByteBuffer(string: Self.asking), hasConnection: false)
        #expect(third.isCollecting)
    }

    // MARK: - Refusals

    @Test func theClientsOwnRequestIsPutBack() {
        let head = head(Self.json(Self.asking) + [("Accept-Encoding", "gzip")])
        var upload = upload(head)
        _ = upload.receive(ByteBuffer(string: Self.asking), hasConnection: false)
        _ = upload.end(trailers: ["X-Sum": "1"], hasConnection: false)
        #expect(text(upload.takePending()) == Self.asked + "|X-Sum=1")
        upload.restore()
        #expect(text(upload.takePending()) == Self.asking + "|X-Sum=1")
        #expect(upload.head == head && !upload.isRewritten)
    }

    @Test func whatWasRefusedIsNotAskedAgain() {
        let requests = requests()
        #expect(requests.remember("m") && !requests.remember("m"))
        for (model, isAsked) in [("m", false), ("other", true)] {
            let body = #"{"model":"\#(model)","stream":true}"#
            var upload = upload(head(Self.json(body)), requests: requests)
            _ = upload.receive(ByteBuffer(string: body), hasConnection: false)
            _ = upload.end(trailers: nil, hasConnection: false)
            #expect(upload.isRewritten == isAsked && upload.model == model)
            #expect(upload.note == (isAsked ? nil : .refusedBefore))
            #expect(text(upload.takePending()).contains("stream_options") == isAsked)
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
            let isChunked = Bool.random(using: &generator)
            let fields =
                isChunked ? [("Content-Type", "application/json"), ("Transfer-Encoding", "chunked")] : Self.json(body)
            var upload = upload(head(fields), bound: bound)
            var rest = Array(body.utf8)[...]
            var sent = ""
            var hasConnection = false
            while !rest.isEmpty {
                if !upload.isCollecting, !hasConnection, Bool.random(using: &generator) {
                    hasConnection = true
                    sent += text(upload.takePending())
                }
                let piece = rest.prefix(Int.random(in: 1...40, using: &generator))
                rest = rest.dropFirst(piece.count)
                sent += text(upload.receive(ByteBuffer(bytes: piece), hasConnection: hasConnection))
            }
            sent += text(upload.end(trailers: nil, hasConnection: hasConnection))
            sent = sent + text(upload.takePending())
            #expect(sent == expected + "|", "seed \(seed), round \(round), bound \(bound)")
            if let length = upload.head.headers.first(name: "content-length") {
                #expect(Int(length) == expected.utf8.count, "seed \(seed), round \(round)")
            } else {
                #expect(upload.head.headers["transfer-encoding"] == ["chunked"])
            }
        }
    }
}
