import OpenAIUsage
import OpenAIUsageTestKit
import Testing

@testable import OpenAIUsageGateway

/// Event streams: unchanged for a client that asked for usage, and without what the gateway's own asking has brought.
struct StreamTests {
    /// Sends a fixture to a client; whether the client asks for the usage is the case.
    private func relay(
        _ response: [UInt8],
        includeUsage: Bool?,
        path: String = "/v1/chat/completions",
        pieces: [Int]
    ) async throws -> (request: RawMessage, response: RawMessage, record: CallRecord) {
        let result = Watched<(request: RawMessage, response: RawMessage, record: CallRecord)?>(nil)
        try await Harness.run { harness in
            let client = try await harness.client()
            let request = RawClient.chat(
                stream: true,
                includeUsage: includeUsage,
                extra: "Accept-Encoding: gzip, br\r\n"
            )
            try await client.send(request.replacingFirstLine("POST \(path) HTTP/1.1"))
            let upstream = try await harness.upstream.accept()
            let received = try await upstream.message(.request)
            try await upstream.send(response, inPiecesOf: pieces)
            let relayed = try await client.response()
            let record = try await harness.recorder.record()
            result.update { $0 = (received, relayed, record) }
        }
        return try #require(result.value)
    }

    @Test(arguments: try Fixture.eventStreams)
    func aClientThatAskedGetsEveryByte(_ fixture: Fixture) async throws {
        let (request, response, record) = try await relay(fixture.response, includeUsage: true, pieces: [777])
        #expect(request.text.hasSuffix(#""stream_options":{"include_usage":true}}"#))
        #expect(request["accept-encoding"] == ["gzip"])
        #expect(response.body == fixture.body)
        #expect(record.isStream)
    }

    @Test(arguments: try Fixture.eventStreams)
    func aClientThatDidNotAskGetsNoUsage(_ fixture: Fixture) async throws {
        let (request, response, _) = try await relay(fixture.response, includeUsage: nil, pieces: [333, 1, 4_000])
        #expect(request.text.hasSuffix(#""stream_options":{"include_usage":true}}"#))
        #expect(request["accept-encoding"] == ["identity"])
        #expect(Int(request["content-length"].first ?? "") == request.body.count)
        #expect(response.body == fixture.stripped)
    }

    @Test(arguments: try Fixture.eventStreams)
    func otherEndpointsAreNeverChanged(_ fixture: Fixture) async throws {
        let (request, response, _) = try await relay(
            fixture.response,
            includeUsage: nil,
            path: "/v1/responses",
            pieces: [10_000]
        )
        #expect(request.text.hasSuffix(#""stream":true}"#))
        #expect(response.body == fixture.body)
    }

    @Test func theUsageIsKnownThoughTheClientDoesNotSeeIt() async throws {
        let fixture = try Fixture("030-chat-stream-usage.sse")
        let (_, response, record) = try await relay(fixture.response, includeUsage: false, pieces: [100])
        #expect(response.body != fixture.body)
        #expect(!response.text.contains("prompt_tokens"))
        #expect(response.text.hasSuffix("data: [DONE]\n\n"))
        #expect(record.usageState == .reported)
        #expect(record.usage[.inputTokens] != nil)
        #expect(record.outcome == .completed)
    }

    @Test(arguments: [[1], [100], [100_000]])
    func anEncodedStreamIsDecodedWhenItMustBeChanged(_ pieces: [Int]) async throws {
        let fixture = try Fixture("054-chat-stream-gzip.sse.gz")
        var stripper = UsageStripper()
        var expected: [UInt8] = []
        try fixture.inflated.withUnsafeBufferPointer { stripper.strip($0, into: &expected) }
        stripper.finish(into: &expected)
        let (_, response, record) = try await relay(fixture.response, includeUsage: nil, pieces: pieces)
        #expect(response["content-encoding"].isEmpty)
        #expect(response.body == expected)
        #expect(record.usageState == .reported)
    }

    @Test func anEncodedStreamStaysEncodedWhenItNeedNotBeChanged() async throws {
        let fixture = try Fixture("054-chat-stream-gzip.sse.gz")
        let (_, response, record) = try await relay(fixture.response, includeUsage: true, pieces: [50])
        #expect(response["content-encoding"] == ["gzip"])
        #expect(response.body == fixture.body)
        #expect(record.usageState == .reported)
    }

    @Test func aStreamWithALengthLosesItWhenItIsChanged() async throws {
        let fixture = try Fixture("030-chat-stream-usage.sse")
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: \(fixture.body.count)\r\n\r\n"
        let (_, response, _) = try await relay(Array(head.utf8) + fixture.body, includeUsage: nil, pieces: [5_000])
        #expect(response["content-length"].isEmpty)
        #expect(response.framing == .chunked)
        #expect(response.body == fixture.stripped)
    }

    @Test func aLoneDocumentInAnswerToAStreamIsNotChanged() async throws {
        let body = #"{"choices":[],"usage":null}"#
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
        let (_, response, _) = try await relay(Array((head + body).utf8), includeUsage: nil, pieces: [10])
        #expect(response.text == body)
        #expect(response["content-length"] == ["\(body.utf8.count)"])
    }

    /// Events leave when they come: nothing waits for the end of the stream.
    @Test func eventsLeaveOneByOne() async throws {
        try await Harness.run { harness in
            let client = try await harness.client()
            try await client.send(RawClient.chat(stream: true))
            let upstream = try await harness.upstream.accept()
            _ = try await upstream.message(.request)
            try await upstream.send(
                "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
            )
            try await client.connection.take(through: "\r\n\r\n")
            for number in 0..<20 {
                let event = #"data: {"choices":[{"delta":{"content":"\#(number)"}}],"usage":null}"# + "\n\n"
                try await upstream.send("\(String(event.utf8.count, radix: 16))\r\n\(event)\r\n")
                let text = try await client.connection.take(through: "\n\n\r\n")
                #expect(text.contains(#"{"content":"\#(number)"}}]}"#))
            }
            try await upstream.send("e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n")
            try await client.connection.take(through: "data: [DONE]\n\n\r\n0\r\n\r\n")
            #expect(try await harness.recorder.record().outcome == .completed)
        }
    }
}
