import NIOCore
import OpenAIUsage
import OpenAIUsageTestKit
import Testing

@testable import OpenAIUsageGateway

/// Which call has which connection.
struct ConnectionTests {
    private static let ok = DataPlaneTests.ok

    @Test func callsOneAfterTheOtherShareAConnection() async throws {
        try await Harness.run(upstream: .answering(Array(Self.ok.utf8))) { harness in
            for number in 1...5 {
                #expect(try await harness.exchange(RawClient.chat()).text == "{}")
                _ = try await harness.recorder.records(number)
            }
            let client = try await harness.client()
            for number in 6...10 {
                #expect(try await client.exchange(RawClient.get(), method: "GET").text == "{}")
                _ = try await harness.recorder.records(number)
            }
            #expect(harness.upstream.acceptedCount == 1)
        }
    }

    @Test func callsAtOnceHaveAConnectionEach() async throws {
        try await Harness.run { harness in
            let clients = [try await harness.client(), try await harness.client()]
            var upstreams: [RawConnection] = []
            for client in clients {
                try await client.send(RawClient.get())
                let upstream = try await harness.upstream.accept()
                _ = try await upstream.message(.request)
                upstreams.append(upstream)
            }
            for index in [1, 0] {
                try await upstreams[index].send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n\(index)")
                #expect(try await clients[index].response(to: "GET").text == "\(index)")
            }
            #expect(harness.upstream.acceptedCount == 2)
        }
    }

    @Test func aClientThatDoesNotStayIsToldAndLetGo() async throws {
        try await Harness.run(upstream: .answering(Array(Self.ok.utf8))) { harness in
            let client = try await harness.client()
            let response = try await client.exchange(RawClient.get(extra: "Connection: close\r\n"), method: "GET")
            #expect(response["connection"] == ["close"])
            #expect(try await client.connection.ended().end == .closed)
            await client.connection.close()
            // The upstream's connection is another matter.
            #expect(try await harness.exchange(RawClient.get(), method: "GET").status == 200)
            #expect(harness.upstream.acceptedCount == 1)
        }
    }

    @Test func anUpstreamThatDoesNotStayConcernsNoClient() async throws {
        try await Harness.run { harness in
            let client = try await harness.client()
            for _ in 0..<3 {
                try await client.send(RawClient.get())
                let upstream = try await harness.upstream.accept()
                let request = try await upstream.message(.request)
                #expect(request["connection"].isEmpty)
                try await upstream.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")
                let response = try await client.response(to: "GET")
                #expect(response["connection"].isEmpty)
                try await upstream.ended()
            }
            #expect(harness.upstream.acceptedCount == 3)
        }
    }

    @Test(arguments: [GatewayConfiguration.Durability.committed, .buffered])
    func pipelinedRequestsAreAnsweredInOrder(_ durability: GatewayConfiguration.Durability) async throws {
        let upstream = try await ScriptedUpstream.start(script: { connection in
            while true {
                let request = try await connection.message(.request)
                try await connection.send(
                    "HTTP/1.1 200 OK\r\nContent-Length: \(request.target.utf8.count)\r\n\r\n\(request.target)"
                )
            }
        })
        try await Harness.run(upstream: upstream, configure: { $0.durability = durability }) { harness in
            let client = try await harness.client()
            let posts = RawClient.post("/2", "two", type: "text/plain") + RawClient.chat()
            try await client.send(RawClient.get("/1") + posts + RawClient.get("/4"))
            for target in ["/1", "/2", "/v1/chat/completions", "/4"] {
                #expect(try await client.response(to: "GET").text == target)
            }
            _ = try await harness.recorder.records(4)
        }
    }

    @Test func pipelinedRequestsAreSentOneAtATime() async throws {
        try await Harness.run { harness in
            let client = try await harness.client()
            try await client.send(RawClient.get("/1") + RawClient.get("/2"))
            let upstream = try await harness.upstream.accept()
            #expect(try await upstream.message(.request).target == "/1")
            #expect(upstream.unread.bytes.isEmpty)
            #expect(harness.upstream.acceptedCount == 1)
            #expect(harness.recorder.current.started == 1)
            try await upstream.send(Self.ok)
            #expect(try await client.response(to: "GET").text == "{}")
            #expect(try await upstream.message(.request).target == "/2")
            try await upstream.send(Self.ok)
            #expect(try await client.response(to: "GET").text == "{}")
        }
    }

    @Test func beyondTheLimitCallsWaitForAConnection() async throws {
        try await Harness.run(configure: { $0.limits.upstreamConnections = 1 }) { harness in
            var clients: [RawClient] = []
            for number in 0..<3 {
                let client = try await harness.client()
                try await client.send(RawClient.get("/\(number)"))
                clients.append(client)
                try await harness.recorder.wait(for: "the call to begin") { $0.started == number + 1 }
            }
            let upstream = try await harness.upstream.accept()
            for (number, client) in clients.enumerated() {
                #expect(try await upstream.message(.request).target == "/\(number)")
                #expect(upstream.unread.bytes.isEmpty)
                try await upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n\(number)")
                #expect(try await client.response(to: "GET").text == "\(number)")
            }
            #expect(harness.upstream.acceptedCount == 1)
        }
    }

    @Test func aWaitingCallWhoseClientGoesIsPassedOver() async throws {
        try await Harness.run(configure: { $0.limits.upstreamConnections = 1 }) { harness in
            let first = try await harness.client()
            try await first.send(RawClient.get("/first"))
            let upstream = try await harness.upstream.accept()
            _ = try await upstream.message(.request)
            let second = try await harness.client()
            try await second.send(RawClient.get("/second"))
            try await harness.recorder.wait(for: "two calls") { $0.started == 2 }
            let third = try await harness.client()
            try await third.send(RawClient.get("/third"))
            try await harness.recorder.wait(for: "three calls") { $0.started == 3 }
            await second.connection.reset()
            let record = try await harness.recorder.records(1)[0]
            #expect(record.outcome == .clientDisconnected)
            #expect(record.path == "/second")
            try await upstream.send(Self.ok)
            #expect(try await upstream.message(.request).target == "/third")
            try await upstream.send(Self.ok)
            #expect(try await third.response(to: "GET").status == 200)
        }
    }

    /// A connection whose response ended with it is not a connection for a call that waits.
    @Test func aWaitingCallGetsNoConnectionThatHasEnded() async throws {
        try await Harness.run(configure: { $0.limits.upstreamConnections = 1 }) { harness in
            let first = try await harness.client()
            try await first.send(RawClient.get("/first"))
            let upstream = try await harness.upstream.accept()
            _ = try await upstream.message(.request)
            let second = try await harness.client()
            try await second.send(RawClient.get("/second"))
            try await harness.recorder.wait(for: "two calls") { $0.started == 2 }
            try await upstream.send("HTTP/1.1 200 OK\r\n\r\nuntil the end")
            await upstream.close()
            #expect(try await first.response(to: "GET").text == "until the end")
            let next = try await harness.upstream.accept()
            #expect(try await next.message(.request).target == "/second")
            try await next.send(Self.ok)
            #expect(try await second.response(to: "GET").status == 200)
        }
    }

    @Test(arguments: [GatewayConfiguration.Durability.committed, .buffered])
    func bytesBehindAResponseAreNobodysResponse(_ durability: GatewayConfiguration.Durability) async throws {
        let configure: (inout GatewayConfiguration) -> Void = {
            $0.durability = durability
            $0.limits.upstreamConnections = 1
        }
        try await Harness.run(configure: configure) { harness in
            let client = try await harness.client()
            try await client.send(RawClient.get("/first") + RawClient.get("/second"))
            let other = try await harness.client()
            let upstream = try await harness.upstream.accept()
            _ = try await upstream.message(.request)
            try await other.send(RawClient.get("/other"))
            try await harness.recorder.wait(for: "two calls") { $0.started == 2 }
            let evil = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nEVIL"
            try await upstream.send(Self.ok + evil + evil)
            #expect(try await client.response(to: "GET").text == "{}")
            let next = try await harness.upstream.accept()
            for _ in 0..<2 {
                let target = try await next.message(.request).target
                try await next.send("HTTP/1.1 200 OK\r\nContent-Length: \(target.utf8.count)\r\n\r\n\(target)")
            }
            #expect(try await client.response(to: "GET").text == "/second")
            #expect(try await other.response(to: "GET").text == "/other")
        }
    }

    @Test func aConnectionThatIsIdleTooLongIsClosed() async throws {
        try await Harness.run(configure: { $0.idleMilliseconds = 1 }) { harness in
            let client = try await harness.client()
            try await client.send(RawClient.get())
            let upstream = try await harness.upstream.accept()
            _ = try await upstream.message(.request)
            try await upstream.send(Self.ok)
            _ = try await client.response(to: "GET")
            #expect(try await upstream.ended().end == .closed)
        }
    }

    @Test func aConnectionThatTheUpstreamClosesIsNotUsedAgain() async throws {
        try await Harness.run { harness in
            let client = try await harness.client()
            for _ in 0..<3 {
                try await client.send(RawClient.get())
                let upstream = try await harness.upstream.accept()
                _ = try await upstream.message(.request)
                try await upstream.send(Self.ok)
                _ = try await client.response(to: "GET")
                await upstream.close()
                try await upstream.ended()
            }
            #expect(harness.recorder.current.records.allSatisfy { $0.outcome == .completed })
        }
    }

    /// A call that thinks for minutes would be forgotten by whoever translates its addresses.
    @Test func silentConnectionsAreLookedAfterOnBothSides() async throws {
        try await Harness.run { harness in
            let client = try await harness.client()
            try await client.send(RawClient.get())
            let upstream = try await harness.upstream.accept()
            _ = try await upstream.message(.request)
            let ends = [
                (local: harness.plane.port, remote: try #require(client.connection.channel.localAddress?.port)),
                (local: try #require(upstream.channel.remoteAddress?.port), remote: harness.upstream.port),
            ]
            for end in ends {
                try await ProcessReading.wait(for: "a timer of the gateway's connection") {
                    Self.hasKeepAliveTimer(local: end.local, remote: end.remote) == true
                }
                // A connection of the tests themselves is not looked after.
                #expect(Self.hasKeepAliveTimer(local: end.remote, remote: end.local) != true)
            }
            try await upstream.send(DataPlaneTests.ok)
            #expect(try await client.response(to: "GET").status == 200)
        }
    }

    /// True if the system will ask the other end of a connection for a sign of life; `nil` if it tells nothing of the
    /// connection, as it does while its table changes.
    private static func hasKeepAliveTimer(local: Int, remote: Int) -> Bool? {
        let ports = [local, remote].map { ":" + String($0 + 0x10000, radix: 16, uppercase: true).dropFirst() }
        let lines = ProcessReading.text("/proc/net/tcp").split(separator: "\n").map { $0.split(separator: " ") }
        let line = lines.first { $0.count > 5 && $0[1].hasSuffix(ports[0]) && $0[2].hasSuffix(ports[1]) }
        return line?[5].hasPrefix("02:")
    }

    @Test(arguments: ["Connection: Upgrade\r\nUpgrade: websocket\r\n", "Connection: Upgrade\r\nUpgrade: h2c\r\n"])
    func aRequestToChangeTheProtocolIsAnOrdinaryOne(_ fields: String) async throws {
        try await Harness.run(upstream: .answering(Array(Self.ok.utf8))) { harness in
            let client = try await harness.client()
            let response = try await client.exchange(RawClient.get(extra: fields), method: "GET")
            #expect(response.status == 200)
            // The answer is not a change, so that the connection goes on as it was.
            #expect(response["connection"].isEmpty)
            #expect(try await client.exchange(RawClient.get(), method: "GET").status == 200)
        }
    }

    @Test(arguments: ["Connection: Upgrade\r\nUpgrade: h2c\r\n", ""])
    func anUpstreamCannotChangeTheProtocolUnasked(_ fields: String) async throws {
        try await Harness.run { harness in
            let client = try await harness.client()
            try await client.send(RawClient.get(extra: fields))
            let upstream = try await harness.upstream.accept()
            let request = try await upstream.message(.request)
            #expect(request["upgrade"].isEmpty)
            try await upstream.send(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n"
            )
            let response = try await client.response(to: "GET")
            #expect(response.status == 502)
            #expect(response.text.contains("upstream_malformed_response"))
            try await upstream.ended()
        }
    }
}
