import OpenAIUsage
import OpenAIUsageTestKit
import Testing

@testable import OpenAIUsageGateway

/// Request bodies on their way up, changed or not.
struct RequestBodyTests {
    private static let asking = RequestTransformerTests.asking
    private static let asked = RequestTransformerTests.asked

    private static func chunked(_ body: String, size: Int) -> String {
        var rest = Substring(body)
        var result = "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        result += "Transfer-Encoding: chunked\r\n\r\n"
        while !rest.isEmpty {
            let piece = rest.prefix(size)
            rest = rest.dropFirst(size)
            result += "\(String(piece.utf8.count, radix: 16))\r\n\(piece)\r\n"
        }
        return result + "0\r\n\r\n"
    }

    private func send(
        _ request: String,
        pieces: [Int] = [100_000],
        configure: (inout GatewayConfiguration) -> Void = { _ in }
    ) async throws -> (request: RawMessage, record: CallRecord) {
        let result = Watched<(request: RawMessage, record: CallRecord)?>(nil)
        try await Harness.run(configure: configure) { harness in
            let client = try await harness.client()
            async let sent: Void = client.connection.send(Array(request.utf8), inPiecesOf: pieces)
            let upstream = try await harness.upstream.accept()
            let received = try await upstream.message(.request)
            try await sent
            try await upstream.send(DataPlaneTests.ok)
            #expect(try await client.response().text == "{}")
            let record = try await harness.recorder.record()
            result.update { $0 = (received, record) }
        }
        return try #require(result.value)
    }

    @Test(arguments: [[1], [100_000]])
    func aBodyWithALengthIsRewrittenWithItsNewLength(_ pieces: [Int]) async throws {
        let (request, _) = try await send(RawClient.post("/v1/chat/completions", Self.asking), pieces: pieces)
        #expect(request.framing == .length)
        #expect(request["content-length"] == ["\(Self.asked.utf8.count)"])
        #expect(request.text == Self.asked)
    }

    @Test(arguments: [1, 5, 1_000])
    func aChunkedBodyIsRewrittenAsSuch(_ size: Int) async throws {
        let (request, _) = try await send(Self.chunked(Self.asking, size: size))
        #expect(request.framing == .chunked)
        #expect(request["content-length"].isEmpty)
        #expect(request.text == Self.asked)
    }

    /// Most clients read no answer before they have sent all, and a reset would take it from them.
    @Test func aLargeBodyIsReadAwayBehindAnEarlyAnswer() async throws {
        try await Harness.run { harness in
            let client = try await harness.client()
            let body = [UInt8](repeating: 0x78, count: 8 << 20)
            try await client.send("POST /v1/files HTTP/1.1\r\nHost: x\r\nContent-Length: \(body.count)\r\n\r\n")
            let upstream = try await harness.upstream.accept()
            try await upstream.take(through: "\r\n\r\n")
            try await upstream.send("HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\n{}")
            try await upstream.ended()
            for start in stride(from: 0, to: body.count, by: 64 << 10) {
                try await client.connection.send(Array(body[start..<start + (64 << 10)]))
            }
            let response = try await client.response()
            #expect(response.status == 401)
            #expect(try await client.connection.ended().end == .closed)
            #expect(try await harness.recorder.record().status == 401)
        }
    }

    @Test(arguments: [true, false], [0, 1, 10, 26])
    func aBodyBeyondTheBoundPassesAsItIsAndItsRowSaysSo(_ isChunked: Bool, _ bound: Int) async throws {
        #expect(bound < Self.asking.utf8.count)
        let (request, record) = try await send(
            isChunked ? Self.chunked(Self.asking, size: 7) : RawClient.post("/v1/chat/completions", Self.asking),
            pieces: [50, 3],
            configure: { $0.limits.heldBodyBytes = bound }
        )
        #expect(request.framing == (isChunked ? .chunked : .length))
        #expect(request.text == Self.asking)
        #expect(record.requestModel == "m")
        #expect(record.diagnostics["include-usage"] == "not-held")
    }

    @Test func whatNeedsNoRewritingSaysNothingThoughItWasNotHeld() async throws {
        let (_, record) = try await send(
            RawClient.post("/v1/chat/completions", Self.asked),
            configure: { $0.limits.heldBodyBytes = 1 }
        )
        #expect(record.diagnostics["include-usage"] == nil)
    }

    @Test func aLargeBodyIsRewrittenWithItsNewLength() async throws {
        let body = #"{"model":"m","pad":"\#(String(repeating: "x", count: 3 << 20))","stream":true}"#
        let (request, _) = try await send(RawClient.post("/v1/chat/completions", body))
        #expect(request.framing == .length && request["content-length"] == ["\(body.utf8.count + 40)"])
        #expect(request.text.hasSuffix(#""stream":true,"stream_options":{"include_usage":true}}"#))
    }

    @Test func whatIsNotToBeRewrittenKeepsItsLength() async throws {
        let (request, _) = try await send(
            RawClient.post("/v1/chat/completions", Self.asking),
            configure: { $0.includesUsage = false }
        )
        #expect(request["content-length"] == ["\(Self.asking.utf8.count)"])
        #expect(request.text == Self.asking)
    }

    @Test func aBodyThatIsNoJSONPassesAsItIs() async throws {
        let body = "{\"stream\":true,\u{0}"
        let (request, _) = try await send(RawClient.post("/v1/chat/completions", body))
        #expect(request.text == body)
        #expect(request["content-length"] == ["\(body.utf8.count)"])
    }

    @Test func aBodyOfFiveMegabytesComesThroughBothWays() async throws {
        try await Harness.run { harness in
            let body = Pattern.bytes(5 << 20)
            let client = try await harness.client(expectsPattern: true)
            try await client.send(
                "POST /v1/files HTTP/1.1\r\nHost: x\r\nContent-Type: application/octet-stream\r\n"
                    + "Content-Length: \(body.count)\r\n\r\n"
            )
            async let sent: Void = client.connection.send(body)
            let upstream = try await harness.upstream.accept()
            try await upstream.take(through: "\r\n\r\n")
            let received = try await upstream.receive("5 MB") { $0.bytes.count >= 5 << 20 }
            #expect(received.bytes == body)
            try await sent
            try await upstream.send("HTTP/1.1 200 OK\r\nContent-Length: \(body.count)\r\n\r\n")
            try await upstream.send(body)
            let answer = try await client.connection.receive("5 MB") { $0.patternLength >= 5 << 20 }
            #expect(answer.isPattern)
            #expect(answer.patternLength == body.count)
            #expect(try await harness.recorder.record().outcome == .completed)
        }
    }
}
