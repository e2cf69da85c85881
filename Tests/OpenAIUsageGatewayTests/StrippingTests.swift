import OpenAIUsage
import OpenAIUsageTestKit
import Testing

@testable import OpenAIUsageGateway

/// Responses that are not what they say they are, to requests that the gateway has made to ask for usage.
struct StrippingTests {
    private static let first = "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}],\"usage\":null}\n\n"
    private static let rest =
        "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4,\"total_tokens\":7}}\n\ndata: [DONE]\n\n"
    private static let stripped = "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\ndata: [DONE]\n\n"

    private func relay(
        _ head: String,
        _ body: [UInt8],
        pieces: [Int] = [100_000],
        closes: Bool = true
    ) async throws -> (received: RawConnection.Received, record: CallRecord) {
        let result = Watched<(received: RawConnection.Received, record: CallRecord)?>(nil)
        try await Harness.run { harness in
            let client = try await harness.client()
            try await client.send(
                RawClient.post("/v1/chat/completions", RequestTransformerTests.asking, extra: "Connection: close\r\n")
            )
            let upstream = try await harness.upstream.accept()
            let request = try await upstream.message(.request)
            #expect(request.text == RequestTransformerTests.asked)
            try await upstream.send(Array("HTTP/1.1 200 OK\r\n\(head)\r\n\r\n".utf8) + body, inPiecesOf: pieces)
            if closes { await upstream.close() }
            let received = try await client.connection.ended()
            let record = try await harness.recorder.record()
            result.update { $0 = (received, record) }
        }
        return try #require(result.value)
    }

    private func message(_ received: RawConnection.Received) throws -> RawMessage {
        try #require(try RawMessage.parse(received.bytes, .response(to: "POST"), isEnded: true)).0
    }

    @Test(
        arguments: ["application/json", "text/plain", "application/octet-stream", "text/event-stream"],
        [true, false]
    )
    func eventsAreStrippedUnderEveryLabel(_ type: String, _ hasLength: Bool) async throws {
        let body = Array((Self.first + Self.rest).utf8)
        for pieces in [[1], [100_000]] {
            let head = "Content-Type: \(type)" + (hasLength ? "\r\nContent-Length: \(body.count)" : "")
            let (received, record) = try await relay(head, body, pieces: pieces)
            let message = try message(received)
            #expect(message.text == Self.stripped && message.framing == .chunked)
            #expect(record.outcome == .completed)
        }
    }

    /// A length is told by servers that hold their events back, mocks and caches among them.
    @Test(arguments: [true, false], [true, false])
    func aStreamThatTellsItsLengthIsPassedOnAsItComes(_ isHTTP10: Bool, _ hasBody: Bool) async throws {
        try await Harness.run(configure: { $0.streamHeadMilliseconds = hasBody ? 60_000 : 1 }) { harness in
            let client = try await harness.client()
            let request = RawClient.post("/v1/chat/completions", RequestTransformerTests.asking)
            try await client.send(isHTTP10 ? request.replacing("HTTP/1.1", with: "HTTP/1.0") : request)
            let upstream = try await harness.upstream.accept()
            _ = try await upstream.message(.request)
            let length = (Self.first + Self.rest).utf8.count
            let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: \(length)\r\n\r\n"
            try await upstream.send(head + (hasBody ? Self.first : ""))
            let received = try await client.connection.take(through: "\r\n\r\n")
            #expect(received.lowercased().contains("transfer-encoding: chunked") != isHTTP10)
            #expect(!received.lowercased().contains("content-length"))
            if !hasBody { try await upstream.send(Self.first) }
            try await client.connection.take(through: "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n")
            try await upstream.send(Self.rest)
            if isHTTP10 {
                let rest = try await client.connection.ended()
                #expect(String(decoding: rest.bytes, as: UTF8.self) == "data: [DONE]\n\n" && rest.end == .closed)
            } else {
                try await client.connection.take(through: "data: [DONE]\n\n\r\n0\r\n\r\n")
                // Both connections carry another call.
                try await client.send(RawClient.get())
                _ = try await upstream.message(.request)
                try await upstream.send(DataPlaneTests.ok)
                #expect(try await client.response(to: "GET").text == "{}")
            }
            let record = try await harness.recorder.records(1)[0]
            #expect(record.outcome == .completed && record.usage[.inputTokens] == 3)
        }
    }

    @Test(arguments: ["text/event-stream", "application/json", "text/plain"], [true, false])
    func aDocumentIsUntouchedUnderEveryLabel(_ type: String, _ hasLength: Bool) async throws {
        let document = #"{"choices":[],"usage":null}"#
        let head = "Content-Type: \(type)" + (hasLength ? "\r\nContent-Length: \(document.utf8.count)" : "")
        for pieces in [[1], [60, 5], [100_000]] {
            let (received, _) = try await relay(head, Array(document.utf8), pieces: pieces)
            let message = try message(received)
            #expect(message.text == document)
            #expect(message["content-length"] == (hasLength ? ["\(document.utf8.count)"] : []))
        }
    }

    @Test(arguments: [[1], [100_000]])
    func plainBytesThatClaimToBeEncodedPassAsTheyCame(_ pieces: [Int]) async throws {
        let body = Self.first + Self.rest
        let head = "Content-Type: text/event-stream\r\nContent-Encoding: gzip\r\nContent-Length: \(body.utf8.count)"
        let (received, _) = try await relay(head, Array(body.utf8), pieces: pieces)
        let message = try message(received)
        #expect(message.text == body && message["content-encoding"] == ["gzip"] && message.framing == .length)
    }

    @Test(arguments: [true, false])
    func anEncodedStreamThatEndsWithinItsCodingIsCut(_ hasLength: Bool) async throws {
        let fixture = try Fixture("054-chat-stream-gzip.sse.gz")
        let body = Array(fixture.body.dropLast(20))
        let framing = hasLength ? "Content-Length: \(body.count)" : "Transfer-Encoding: chunked"
        let bytes =
            hasLength ? body : Array("\(String(body.count, radix: 16))\r\n".utf8) + body + Array("\r\n0\r\n\r\n".utf8)
        let (received, record) = try await relay(
            "Content-Type: text/event-stream\r\nContent-Encoding: gzip\r\n\(framing)",
            bytes
        )
        // What came of it is there, and its end is not.
        let text = String(decoding: received.bytes, as: UTF8.self)
        #expect(text.contains("data: {") && !text.hasSuffix("0\r\n\r\n"))
        #expect(record.status == 200)
    }

    @Test func anEncodedStreamThatBreaksIsCut() async throws {
        let fixture = try Fixture("054-chat-stream-gzip.sse.gz")
        var body = fixture.body
        for index in body.count * 3 / 4..<body.count { body[index] = 0xff }
        let (received, _) = try await relay(
            "Content-Type: text/event-stream\r\nContent-Encoding: gzip\r\nContent-Length: \(body.count)",
            body
        )
        #expect(!String(decoding: received.bytes, as: UTF8.self).hasSuffix("0\r\n\r\n"))
    }

    @Test(arguments: [
        "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"usage\":{\"prompt_tokens\":3}}\n\n",
        "data: {\"object\":\"chat.completion.chunk\",\"choices\":null,\"usage\":{\"prompt_tokens\":3}}\n\n",
    ])
    func aChunkOfNothingButUsageIsTakenOutHoweverItIsSpelled(_ chunk: String) async throws {
        let body = Array((Self.first + chunk + "data: [DONE]\n\n").utf8)
        let (received, _) = try await relay("Content-Type: text/event-stream", body)
        #expect(try message(received).text == Self.stripped)
    }

    @Test func aRedirectIsPassedOn() async throws {
        try await Harness.run { harness in
            let client = try await harness.client()
            try await client.send(RawClient.post("/v1/chat/completions", RequestTransformerTests.asking))
            let upstream = try await harness.upstream.accept()
            _ = try await upstream.message(.request)
            try await upstream.send(
                "HTTP/1.1 307 Temporary Redirect\r\nLocation: https://other.example/v1/chat/completions\r\nContent-Length: 0\r\n\r\n"
            )
            let response = try await client.response()
            #expect(response.status == 307 && response["content-length"] == ["0"])
            #expect(response["location"] == ["https://other.example/v1/chat/completions"])
            #expect(try await harness.recorder.record().status == 307)
        }
    }
}
