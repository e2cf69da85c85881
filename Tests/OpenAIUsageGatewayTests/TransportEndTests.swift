import NIOCore
import NIOPosix
import OpenAIUsage
import OpenAIUsageTestKit
import Testing

@testable import OpenAIUsageGateway

/// Calls that the upstream ends otherwise than it should.
struct TransportEndTests {
    private static let json = "Content-Type: application/json\r\n"

    /// How a side of a connection goes.
    enum Way: String, CaseIterable, Sendable {
        case close, reset

        func end(_ connection: RawConnection) async throws {
            switch self {
            case .close: await connection.close()
            case .reset: await connection.reset()
            }
        }
    }

    // MARK: - Before the response

    @Test(arguments: Way.allCases)
    func anUpstreamThatGoesBeforeItsResponse(_ way: Way) async throws {
        try await Harness.run { harness in
            let client = try await harness.client()
            try await client.send(RawClient.chat())
            let upstream = try await harness.upstream.accept()
            _ = try await upstream.message(.request)
            try await way.end(upstream)
            let response = try await client.response()
            #expect(response.status == 502)
            #expect(response.text.contains(#""code":"upstream_closed""#))
            #expect(response["connection"].isEmpty)
            let record = try await harness.recorder.record()
            #expect(response["oai-usage-call-id"] == [record.id.description])
            #expect(record.outcome == .unreachable)
            #expect(record.status == nil)
            #expect(record.errorType == "oai_usage_gateway_error")
            #expect(record.errorCode == "upstream_closed")
            // The provider may have carried the request out.
            #expect(record.usageState == .missing)
            // The client's connection is as good as before.
            try await client.send(RawClient.get())
            let next = try await harness.upstream.accept()
            _ = try await next.message(.request)
            try await next.send(DataPlaneTests.ok)
            #expect(try await client.response(to: "GET").status == 200)
        }
    }

    @Test(arguments: Way.allCases)
    func anUpstreamThatGoesAtOnce(_ way: Way) async throws {
        try await Harness.run { harness in
            let client = try await harness.client()
            try await client.send(RawClient.get())
            try await way.end(try await harness.upstream.accept())
            #expect(try await client.response(to: "GET").status == 502)
            #expect(try await harness.recorder.record().outcome == .unreachable)
        }
    }

    @Test(arguments: [
        "HTTP/1.1 2", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Len", "HTTP/1.1 100 Continue\r\n\r\n",
    ])
    func anUpstreamThatGoesWithinTheHead(_ start: String) async throws {
        try await Harness.run { harness in
            let client = try await harness.client()
            try await client.send(RawClient.get())
            let upstream = try await harness.upstream.accept()
            _ = try await upstream.message(.request)
            try await upstream.send(start)
            await upstream.close()
            if start.contains("100") { #expect(try await client.response(to: "GET").status == 100) }
            let response = try await client.response(to: "GET")
            #expect(response.status == 502)
            #expect(response.text.contains("upstream_closed"))
            #expect(try await harness.recorder.record().outcome == .unreachable)
        }
    }

    @Test func aHeadRequestGetsAnErrorWithoutABody() async throws {
        try await Harness.run { harness in
            let client = try await harness.client()
            try await client.send("HEAD /v1/x HTTP/1.1\r\nHost: x\r\n\r\n")
            await (try await harness.upstream.accept()).close()
            let response = try await client.response(to: "HEAD")
            #expect(response.status == 502)
            _ = try await harness.recorder.record()
            try await harness.settle(client)
            #expect(client.connection.unread.bytes.isEmpty)
        }
    }

    @Test(arguments: Way.allCases)
    func anUpstreamThatGoesWithinTheUpload(_ way: Way) async throws {
        try await Harness.run { harness in
            let client = try await harness.client()
            try await client.send("POST /v1/files HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nstart")
            let upstream = try await harness.upstream.accept()
            try await upstream.take(through: "start")
            try await way.end(upstream)
            let response = try await client.response()
            #expect(response.status == 502)
            #expect(response["connection"] == ["close"])
            #expect(try await client.connection.ended().end == .closed)
            #expect(try await harness.recorder.record().outcome == .unreachable)
        }
    }

    // MARK: - Before the end of the request

    @Test(arguments: [true, false])
    func aResponseBeforeTheEndOfTheRequest(_ upstreamCloses: Bool) async throws {
        try await Harness.run { harness in
            let client = try await harness.client()
            try await client.send("POST /v1/files HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nstart")
            let upstream = try await harness.upstream.accept()
            try await upstream.take(through: "start")
            let field = upstreamCloses ? "Connection: close\r\n" : ""
            try await upstream.send("HTTP/1.1 413 Too Large\r\n\(field)Content-Length: 3\r\n\r\nbig")
            if upstreamCloses { await upstream.close() }
            let response = try await client.response()
            #expect(response.status == 413)
            #expect(response.text == "big")
            #expect(try await client.connection.ended().end == .closed)
            let record = try await harness.recorder.record()
            #expect(record.outcome == .error)
            #expect(record.status == 413)
            try await upstream.ended()
        }
    }

    /// The rest of the request is on its way already: it must not destroy the response that the client has yet to read.
    @Test func aResponseWithinALargeUpload() async throws {
        try await Harness.run { harness in
            let client = try await harness.client()
            let size = 8 << 20
            try await client.send("POST /v1/files HTTP/1.1\r\nHost: x\r\nContent-Length: \(size)\r\n\r\n")
            let upstream = try await harness.upstream.accept()
            try await upstream.take(through: "\r\n\r\n")
            try await upstream.setReading(false)
            let body = Pattern.bytes(size)
            async let sent: Void = client.connection.send(body)
            try await upstream.send("HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig")
            await upstream.close()
            #expect(try await client.response().status == 413)
            try? await sent
            #expect(try await harness.recorder.record().status == 413)
        }
    }

    // MARK: - Within the response

    struct Break: Sendable, CustomTestStringConvertible {
        let name: String
        let response: String
        /// What the client sees of the body, as it stands on the wire.
        let seen: String
        var outcome = Outcome.cut
        var testDescription: String { name }
    }

    static let breaks = [
        Break(name: "behind the head", response: "HTTP/1.1 200 OK\r\n\(json)Content-Length: 10\r\n\r\n", seen: ""),
        Break(
            name: "behind a chunked head",
            response: "HTTP/1.1 200 OK\r\n\(json)Transfer-Encoding: chunked\r\n\r\n",
            seen: ""
        ),
        Break(
            name: "within a length",
            response: "HTTP/1.1 200 OK\r\n\(json)Content-Length: 10\r\n\r\n{\"a\"",
            seen: "{\"a\""
        ),
        Break(
            name: "one byte too early",
            response: "HTTP/1.1 200 OK\r\n\(json)Content-Length: 3\r\n\r\n{}",
            seen: "{}",
            outcome: .cut
        ),
        Break(
            name: "within a chunk",
            response: "HTTP/1.1 200 OK\r\n\(json)Transfer-Encoding: chunked\r\n\r\nA\r\n{\"a\"",
            seen: "A\r\n{\"a\""
        ),
        Break(
            name: "between chunks",
            response: "HTTP/1.1 200 OK\r\n\(json)Transfer-Encoding: chunked\r\n\r\n4\r\n{\"a\"\r\n",
            seen: "4\r\n{\"a\"\r\n"
        ),
        Break(
            name: "within a chunk's size",
            response: "HTTP/1.1 200 OK\r\n\(json)Transfer-Encoding: chunked\r\n\r\n4\r\n{\"a\"\r\n1",
            seen: "4\r\n{\"a\"\r\n1"
        ),
        Break(
            name: "within the last chunk",
            response: "HTTP/1.1 200 OK\r\n\(json)Transfer-Encoding: chunked\r\n\r\n4\r\n{\"a\"\r\n0\r\n",
            seen: "4\r\n{\"a\"\r\n0\r\n"
        ),
        Break(
            name: "in an error",
            response: "HTTP/1.1 500 Oops\r\n\(json)Content-Length: 10\r\n\r\n{\"a\"",
            seen: "{\"a\"",
            outcome: .error
        ),
    ]

    @Test(arguments: breaks, Way.allCases)
    func anUpstreamThatGoesWithinItsResponse(_ broken: Break, _ way: Way) async throws {
        try await Harness.run { harness in
            let client = try await harness.client()
            try await client.send(RawClient.chat())
            let upstream = try await harness.upstream.accept()
            _ = try await upstream.message(.request)
            try await upstream.send(broken.response)
            let seen = broken.seen
            try await client.connection.take(through: "\r\n\r\n")
            try await client.connection.receive("the start") { $0.bytes.count >= seen.utf8.count }
            try await way.end(upstream)
            let received = try await client.connection.ended()
            #expect(String(decoding: received.bytes, as: UTF8.self) == seen)
            #expect(try await harness.recorder.record().outcome == broken.outcome)
        }
    }

    @Test func garbageWithinAResponseCutsIt() async throws {
        try await Harness.run { harness in
            let client = try await harness.client()
            try await client.send(RawClient.chat())
            let upstream = try await harness.upstream.accept()
            _ = try await upstream.message(.request)
            try await upstream.send(
                "HTTP/1.1 200 OK\r\n\(Self.json)Transfer-Encoding: chunked\r\n\r\n4\r\n{\"a\"\r\nzzz\r\n"
            )
            let received = try await client.connection.ended()
            #expect(String(decoding: received.bytes, as: UTF8.self).hasSuffix("\r\n\r\n4\r\n{\"a\"\r\n"))
            #expect(try await harness.recorder.record().outcome == .cut)
            try await upstream.ended()
        }
    }

    /// The reset comes in the round of the loop that reads the response's beginning, which is written in the same round.
    @Test func whatCameBeforeAResetIsSent() async throws {
        for _ in 0..<20 {
            try await Harness.run { harness in
                let client = try await harness.client()
                try await client.send(RawClient.chat())
                let upstream = try await harness.upstream.accept()
                _ = try await upstream.message(.request)
                try await upstream.reset(after: "HTTP/1.1 200 OK\r\n\(Self.json)\r\n{\"a\":")
                let received = try await client.connection.ended()
                #expect(received.bytes.starts(with: "HTTP/1.1 200 OK".utf8))
                #expect(try await harness.recorder.record().outcome == .cut)
            }
        }
    }

    /// A body that ends with its connection is whole if the connection is closed, and not if it is reset.
    @Test func aResetWithinABodyThatEndsWithItsConnection() async throws {
        try await Harness.run { harness in
            let client = try await harness.client()
            try await client.send(RawClient.chat())
            let upstream = try await harness.upstream.accept()
            _ = try await upstream.message(.request)
            try await upstream.send("HTTP/1.1 200 OK\r\n\(Self.json)\r\n{\"a\":1}")
            try await client.connection.take(through: "{\"a\":1}\r\n")
            await upstream.reset()
            let received = try await client.connection.ended()
            #expect(received.bytes.isEmpty, "\(received)")
            #expect(try await harness.recorder.record().outcome == .cut)
        }
    }

    // MARK: - Behind the event that ends a stream

    private static let done =
        "data: {\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2,\"total_tokens\":3}}\n\ndata: [DONE]\n\n"
    private static var stream: String {
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "\(String(done.utf8.count, radix: 16))\r\n\(done)\r\n"
    }

    @Test(arguments: Way.allCases, [true, false])
    func anUpstreamThatGoesBehindTheLastEvent(_ way: Way, _ isAtOnce: Bool) async throws {
        try await Harness.run(withholdsCommits: isAtOnce) { harness in
            let client = try await harness.client()
            try await client.send(RawClient.chat(stream: true, includeUsage: true))
            let upstream = try await harness.upstream.accept()
            _ = try await upstream.message(.request)
            try await upstream.send(Self.stream)
            if isAtOnce {
                // The event waits for its record when the upstream goes; the client gets it all the same.
                try await harness.recorder.wait(for: "the interim record") { $0.openRecords.count == 1 }
            } else {
                try await client.connection.take(through: "[DONE]\n\n\r\n")
            }
            try await way.end(upstream)
            _ = try await harness.recorder.records(1)
            harness.recorder.commitAll()
            let received = try await client.connection.ended()
            if isAtOnce {
                let parsed = String(decoding: received.bytes, as: UTF8.self)
                #expect(parsed.hasSuffix("\r\n\(Self.done)\r\n"), "\(parsed)")
            } else {
                #expect(received.bytes.isEmpty)
            }
            let record = try await harness.recorder.record()
            #expect(record.outcome == .completed)
            #expect(record.usage[.outputTokens] == 2)
        }
    }

    // MARK: - No connection

    @Test func anUpstreamThatRefusesConnections() async throws {
        let nobody = try DeafSocket(.refuses)
        defer { nobody.close() }
        try await Harness.run(upstreamURL: "http://127.0.0.1:\(nobody.port)") { harness in
            let client = try await harness.client()
            for number in 1...2 {
                let response = try await client.exchange(RawClient.chat(stream: number == 2))
                #expect(response.status == 502)
                #expect(response.text.contains("upstream_unreachable"))
                let record = try await harness.recorder.records(number)[number - 1]
                #expect(record.outcome == .unreachable)
                #expect(record.errorCode == "upstream_unreachable")
            }
        }
    }

    @Test func anUpstreamThatDoesNotAcceptConnections() async throws {
        let silent = try DeafSocket(.ignores)
        defer { silent.close() }
        try await Harness.run(
            upstreamURL: "http://127.0.0.1:\(silent.port)",
            configure: { $0.connectTimeoutMilliseconds = 50 }
        ) { harness in
            let response = try await harness.exchange(RawClient.chat())
            #expect(response.status == 504)
            #expect(response.text.contains("upstream_connect_timeout"))
            let record = try await harness.recorder.record()
            #expect(record.outcome == .timeout)
            #expect(record.errorCode == "upstream_connect_timeout")
        }
    }

    // MARK: - Time limits

    @Test func anUpstreamThatDoesNotAnswer() async throws {
        try await Harness.run(configure: {
            $0.openRowMilliseconds = 5
            $0.responseTimeoutMilliseconds = 30
        }) { harness in
            let client = try await harness.client()
            try await client.send(RawClient.chat())
            let upstream = try await harness.upstream.accept()
            let response = try await client.response()
            #expect(response.status == 504)
            #expect(response.text.contains(#""code":"upstream_timeout""#))
            let record = try await harness.recorder.record()
            #expect(record.outcome == .timeout)
            #expect(record.errorCode == "upstream_timeout")
            #expect(harness.recorder.current.openRecords.count == 1)
            try await upstream.ended()
        }
    }

    @Test func anUpstreamThatFallsSilentWithinItsResponse() async throws {
        let start = "HTTP/1.1 200 OK\r\n\(Self.json)Content-Length: 10\r\n\r\n{\"a\""
        // On a loop of its own, so that it is as quick as the limit demands whatever other tests do.
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let upstream = try await ScriptedUpstream.start(
            front: { try $0.pipeline.syncOperations.addHandler(InstantAnswer(start)) },
            group: group
        )
        let configure: (inout GatewayConfiguration) -> Void = {
            $0.openRowMilliseconds = 5
            $0.responseTimeoutMilliseconds = 1_500
        }
        try await Harness.run(upstream: upstream, configure: configure) { harness in
            let client = try await harness.client()
            try await client.send(RawClient.chat())
            let received = try await client.connection.ended()
            #expect(String(decoding: received.bytes, as: UTF8.self).hasSuffix("\r\n\r\n{\"a\""))
            #expect(try await harness.recorder.record().outcome == .timeout)
            try await harness.upstream.accept().ended()
        }
        try await group.shutdownGracefully()
    }

    @Test func aClientThatFallsSilentIsNotTheUpstreamsSilence() async throws {
        let configure: (inout GatewayConfiguration) -> Void = {
            $0.openRowMilliseconds = 1
            $0.responseTimeoutMilliseconds = 1
        }
        try await Harness.run(configure: configure) { harness in
            let client = try await harness.client()
            try await client.send("POST /v1/files HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbo")
            let upstream = try await harness.upstream.accept()
            try await upstream.take(through: "bo")
            try await harness.recorder.wait(for: "the open row") { $0.openRecords.count == 1 }
            // Far beyond the limit by the loop's own clock.
            try await harness.loop.scheduleTask(in: .milliseconds(50)) {}.futureResult.get()
            #expect(harness.recorder.current.records.isEmpty)
            #expect(client.connection.unread.bytes.isEmpty)
            await client.connection.close()
            #expect(try await harness.recorder.record().outcome == .clientDisconnected)
        }
    }
}
