import OpenAIUsage
import OpenAIUsageTestKit
import Testing

@testable import OpenAIUsageGateway

/// How the end of a body is told: whatever follows a response on its connection is the next one's.
struct FramingTests {
    /// Exchanges a request and a second one behind it, which would show bytes that do not belong there.
    private func twice(
        _ request: String,
        method: String,
        _ answer: String,
        check: @Sendable (RawMessage) -> Void
    ) async throws {
        try await Harness.run { harness in
            let client = try await harness.client()
            try await client.send(request)
            let upstream = try await harness.upstream.accept()
            _ = try await upstream.message(.request)
            try await upstream.send(answer)
            check(try await client.response(to: method))
            _ = try await harness.recorder.records(1)
            try await client.send(RawClient.get("/second"))
            let second = try await upstream.message(.request)
            #expect(second.target == "/second")
            try await upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecond")
            let response = try await client.response(to: "GET")
            #expect(response.startLine == "HTTP/1.1 200 OK")
            #expect(response.text == "second")
            #expect(client.connection.unread.bytes.isEmpty)
            #expect(harness.upstream.acceptedCount == 1)
        }
    }

    @Test func aHeadResponseWithALengthHasNoBody() async throws {
        try await twice(
            "HEAD /v1/x HTTP/1.1\r\nHost: x\r\n\r\n",
            method: "HEAD",
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"
        ) {
            #expect($0["content-length"] == ["5"])
        }
    }

    @Test func aHeadResponseThatWouldBeChunkedHasNoBody() async throws {
        try await twice(
            "HEAD /v1/x HTTP/1.1\r\nHost: x\r\n\r\n",
            method: "HEAD",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-A: 1\r\n\r\n"
        ) {
            #expect($0["x-a"] == ["1"])
        }
    }

    @Test(arguments: ["204 No Content", "304 Not Modified", "205 Reset Content"])
    func responsesWithoutABody(_ status: String) async throws {
        let length = status.hasPrefix("205") ? "Content-Length: 0\r\n" : ""
        try await twice(RawClient.get(), method: "GET", "HTTP/1.1 \(status)\r\nETag: x\r\n\(length)\r\n") {
            #expect($0.startLine == "HTTP/1.1 \(status)")
            #expect($0["etag"] == ["x"])
            #expect($0["transfer-encoding"].isEmpty)
            #expect($0.body.isEmpty)
        }
    }

    @Test func aLengthThatDescribesAnotherResponseIsKept() async throws {
        try await twice(RawClient.get(), method: "GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 77\r\n\r\n") {
            #expect($0["content-length"] == ["77"])
        }
    }

    @Test func anEmptyBody() async throws {
        try await twice(
            RawClient.chat(),
            method: "POST",
            "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n"
        ) {
            #expect($0.startLine == "HTTP/1.1 500 Internal Server Error")
            #expect($0.framing == .length)
        }
    }

    @Test func anEmptyChunkedBody() async throws {
        try await twice(
            RawClient.get(),
            method: "GET",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        ) {
            #expect($0.framing == .chunked)
            #expect($0.body.isEmpty)
        }
    }

    @Test func aBodyThatEndsWithItsConnectionIsChunkedForTheClient() async throws {
        try await Harness.run { harness in
            let client = try await harness.client()
            try await client.send(RawClient.get())
            let upstream = try await harness.upstream.accept()
            _ = try await upstream.message(.request)
            try await upstream.send("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\npart one, ")
            try await upstream.send("part two")
            await upstream.close()
            let response = try await client.response(to: "GET")
            #expect(response.framing == .chunked)
            #expect(response.text == "part one, part two")
            #expect(try await harness.recorder.record().outcome == .completed)
        }
    }

    @Test(arguments: [
        "Content-Length: 5\r\n\r\nhello", "Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
    ])
    func anOldClientGetsABodyThatItUnderstands(_ framing: String) async throws {
        try await Harness.run { harness in
            let client = try await harness.client()
            try await client.send("GET /v1/x HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            let upstream = try await harness.upstream.accept()
            let request = try await upstream.message(.request)
            #expect(request.startLine == "GET /v1/x HTTP/1.1")
            try await upstream.send("HTTP/1.1 200 OK\r\n\(framing)")
            guard framing.hasPrefix("Transfer") else {
                let response = try await client.response(to: "GET")
                #expect(response.text == "hello" && response["connection"] == ["keep-alive"])
                return
            }
            let received = try await client.connection.ended()
            #expect(received.end == .closed)
            let parsed = try RawMessage.parse(received.bytes, .response(to: "GET"), isEnded: true)
            let (response, length) = try #require(parsed)
            #expect(length == received.bytes.count)
            #expect(response["transfer-encoding"].isEmpty)
            #expect(response["connection"] == ["close"])
            #expect(response.text == "hello")
            #expect(try await harness.recorder.record().outcome == .completed)
        }
    }

    @Test func anOldUpstreamIsUnderstood() async throws {
        try await Harness.run { harness in
            let client = try await harness.client()
            for _ in 0..<2 {
                try await client.send(RawClient.get())
                let upstream = try await harness.upstream.accept()
                _ = try await upstream.message(.request)
                try await upstream.send("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello")
                #expect(try await client.response(to: "GET").text == "hello")
                try await upstream.ended()
            }
            #expect(harness.upstream.acceptedCount == 2)
        }
    }

    @Test func aRequestWithoutABodyGetsNoFraming() async throws {
        try await Harness.run(upstream: .start()) { harness in
            let client = try await harness.client()
            try await client.send("POST /v1/x/cancel HTTP/1.1\r\nHost: x\r\n\r\n")
            let upstream = try await harness.upstream.accept()
            let request = try await upstream.message(.request)
            #expect(request["transfer-encoding"].isEmpty)
            #expect(request.framing == .none)
            try await upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            #expect(try await client.response().status == 200)
        }
    }

    @Test func aGetWithABodyKeepsIt() async throws {
        try await twice(
            "GET /v1/x HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody",
            method: "GET",
            DataPlaneTests.ok
        ) {
            #expect($0.text == "{}")
        }
    }
}
