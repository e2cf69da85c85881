import OpenAIUsage
import OpenAIUsageTestKit
import Testing

@testable import OpenAIUsageGateway

/// Several upstreams behind one listener, each with its own path, connections and key.
struct RouteTests {
    /// The listener's own upstream and one more, which is the upstream of a route.
    private static func run(
        prefix: String = "/other",
        path: String = "",
        key: UpstreamKey? = nil,
        tokens: AccessTokens? = nil,
        descriptors: Int = DescriptorLimit.connections,
        configure: (inout GatewayConfiguration) -> Void = { _ in },
        body: (Harness, ScriptedUpstream) async throws -> Void
    ) async throws {
        let other = try await ScriptedUpstream.start()
        let upstream = try #require(Upstream("http://127.0.0.1:\(other.port)\(path)"))
        let route = try GatewayRoute(prefix: prefix, upstream: upstream, key: key)
        do {
            try await Harness.run(
                descriptors: descriptors,
                configure: {
                    $0.routes = [route]
                    $0.access.clientTokens = tokens
                    configure(&$0)
                }
            ) { try await body($0, other) }
        } catch {
            await other.stop()
            throw error
        }
        for connection in other.connections { try await connection.ended() }
        await other.stop()
    }

    /// Idle connections to one upstream do not keep calls from another, however few descriptors there are.
    @Test func idleConnectionsMakeRoomForThoseOfOtherRoutes() async throws {
        try await Self.run(descriptors: 1) { harness, other in
            for number in 1...3 {
                _ = try await Self.forwarded(RawClient.get("/\(number)"), harness, to: harness.upstream, method: "GET")
                try await harness.untilClientsLeft(0)
                _ = try await Self.forwarded(RawClient.get("/other/\(number)"), harness, to: other, method: "GET")
                try await harness.untilClientsLeft(0)
            }
            #expect(harness.upstream.acceptedCount == 3 && other.acceptedCount == 3)
        }
    }

    /// A connection that comes free is not kept for its own upstream while a call waits for another.
    @Test func aCallGetsTheDescriptorOfAnotherRoute() async throws {
        try await Self.run(descriptors: 1) { harness, other in
            let first = try await harness.client()
            try await first.send(RawClient.chat(stream: true))
            let busy = try await harness.upstream.accept()
            _ = try await busy.message(.request)
            try await busy.send(
                "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
            )
            // It is read on to its end.
            try await first.connection.take(through: "\r\n\r\n")
            await first.connection.reset()
            try await harness.untilClientsLeft(0)
            let second = try await harness.client()
            try await second.send(RawClient.get("/other/models"))
            try await harness.recorder.wait(for: "a call that waits") { $0.waiting == 1 }
            try await busy.send("e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n")
            let free = try await other.accept()
            #expect(try await free.message(.request).target == "/models")
            try await free.send(DataPlaneTests.ok)
            #expect(try await second.response(to: "GET").text == "{}")
        }
    }

    /// Sends a request, answers it where it arrives, and returns what arrived.
    private static func forwarded(
        _ request: String,
        _ harness: Harness,
        to upstream: ScriptedUpstream,
        method: String = "POST"
    ) async throws -> RawMessage {
        let client = try await harness.client()
        try await client.send(request)
        let connection = try await upstream.accept()
        let message = try await connection.message(.request)
        try await connection.send(DataPlaneTests.ok)
        #expect(try await client.response(to: method).status == 200)
        await client.connection.close()
        return message
    }

    @Test(arguments: [
        ("/other", "", "/other/v1/models", "/v1/models"), ("/other", "", "/other", "/"),
        ("/other", "", "/other?a=b", "/?a=b"),
        ("/other", "", "/other/", "/"), ("/other", "", "/other//x", "//x"),
        ("/other", "/api", "/other/v1/models?x=1", "/api/v1/models?x=1"), ("/other", "/api", "/other", "/api"),
        // The upstream's version stands for the clients' own.
        ("/other", "/api/v1", "/other/v1/models", "/api/v1/models"),
        ("/other/v1", "/api/v1", "/other/v1/models", "/api/v1/models"),
        ("/other", "/api/paas/v4", "/other/v1/models", "/api/paas/v4/models"),
        ("/other", "/api/v1", "/other/models", "/api/v1/models"),
        ("/other", "", "http://gateway/other/v1/models", "/v1/models"), ("/other", "", "http://gateway/other", "/"),
        ("/o-t.h_e~r", "", "/o-t.h_e~r/x", "/x"),
    ])
    func `The prefix is cut off, and the rest goes to the route's upstream`(
        _ prefix: String,
        _ path: String,
        _ target: String,
        _ wanted: String
    ) async throws {
        try await Self.run(prefix: prefix, path: path) { harness, other in
            let message = try await Self.forwarded(RawClient.get(target), harness, to: other, method: "GET")
            #expect(message.target == wanted)
            #expect(message["host"] == ["127.0.0.1:\(other.port)"])
            #expect(harness.upstream.acceptedCount == 0)
            _ = try await harness.recorder.record()
        }
    }

    @Test(arguments: [
        "/otherwise/v1/models", "/Other/v1/models", "/v1/other/models", "/%6fther/v1/models", "//other/v1/models",
        "/othe",
        "/x/../other/models",
    ])
    func `A path under no route goes to the upstream`(_ path: String) async throws {
        try await Self.run { harness, other in
            let message = try await Self.forwarded(RawClient.get(path), harness, to: harness.upstream, method: "GET")
            #expect(message.target == path)
            #expect(other.acceptedCount == 0)
            _ = try await harness.recorder.record()
        }
    }

    @Test func `The longest prefix counts`() {
        let table = RouteTable(standard: 0, [("/a", 1), ("/a/b", 2), ("/a/b/c", 3), ("/b", 4)])
        for (path, route) in [
            ("/a", 1), ("/a/", 1), ("/a/bc", 1), ("/a/b", 2), ("/a/b?c", 2), ("/a/b/cd", 2), ("/a/b/c", 3),
            ("/a/b/c/d", 3),
            ("/b/a", 4), ("/", 0), ("", 0), ("?x", 0), ("/ab", 0), ("*", 0),
        ] {
            #expect(
                path.utf8CString.withUnsafeBytes { table.route(for: .init(rebasing: $0.dropLast())) } == route,
                "\(path)"
            )
        }
    }

    @Test func `A row has the client's own path and the route's host`() async throws {
        try await Self.run(prefix: "/openrouter/v1", path: "/api/v1") { harness, other in
            let request = RawClient.post(
                "/openrouter/v1/chat/completions",
                #"{"model":"gpt-4o-mini","messages":[]}"#,
                extra: "Authorization: Bearer sk-or-0123456789\r\n"
            )
            let message = try await Self.forwarded(request, harness, to: other)
            #expect(message.target == "/api/v1/chat/completions")
            // Without a key of the route's, the client's own arrives.
            #expect(message["authorization"] == ["Bearer sk-or-0123456789"])
            let record = try await harness.recorder.record()
            #expect(record.path == "/openrouter/v1/chat/completions" && record.endpoint.name == "chat.completions")
            #expect(record.host == "127.0.0.1")
        }
    }

    /// Everything in which a client could send a credential.
    private static let credentials =
        "Authorization: Bearer client-secret\r\napi-key: client-secret\r\nX-API-Key: client-secret\r\n"
        + "x-goog-api-key: client-secret\r\nCookie: session=client-secret\r\nProxy-Authorization: Basic client-secret\r\n"
        + "OpenAI-Usage-Token: client-secret\r\nOpenAI-Project: proj_a\r\n"

    @Test(arguments: [
        (UpstreamKey.Field.authorization, "authorization", "Bearer route-secret"), (.apiKey, "api-key", "route-secret"),
        (.xAPIKey, "x-api-key", "route-secret"),
    ])
    func `A route's key replaces whatever the client sends`(
        _ field: UpstreamKey.Field,
        _ name: String,
        _ value: String
    ) async throws {
        let key = try UpstreamKey("route-secret\n", field: field)
        try await Self.run(key: key) { harness, other in
            let request = RawClient.post("/other/v1/responses", "{}", extra: Self.credentials)
            let message = try await Self.forwarded(request, harness, to: other)
            #expect(message[name] == [value])
            #expect(!message.fields.contains { $0.value.contains("client-secret") })
            #expect(message.fields.count { $0.value.contains("route-secret") } == 1)
            #expect(message["openai-project"] == ["proj_a"])
            #expect(harness.upstream.acceptedCount == 0)
            _ = try await harness.recorder.record()
        }
    }

    @Test func `The route's key is for its upstream alone`() async throws {
        let key = try UpstreamKey("route-secret", field: .authorization)
        try await Self.run(key: key) { harness, _ in
            let request = RawClient.post("/v1/responses", "{}", extra: "Authorization: Bearer sk-mine\r\n")
            let message = try await Self.forwarded(request, harness, to: harness.upstream)
            #expect(message["authorization"] == ["Bearer sk-mine"])
            #expect(!message.fields.contains { $0.value.contains("route-secret") })
            _ = try await harness.recorder.record()
        }
    }

    @Test func `The upstream of all other paths may have a key too`() async throws {
        let key = try UpstreamKey("standard-secret", field: .authorization)
        try await Self.run(configure: { $0.upstreamKey = key }) { harness, _ in
            let request = RawClient.post("/v1/responses", "{}", extra: Self.credentials)
            let message = try await Self.forwarded(request, harness, to: harness.upstream)
            #expect(message["authorization"] == ["Bearer standard-secret"])
            #expect(!message.fields.contains { $0.value.contains("client-secret") })
            _ = try await harness.recorder.record()
        }
    }

    @Test func `A browser's key stays out of the upstream's subprotocols`() async throws {
        let key = try UpstreamKey("route-secret", field: .authorization)
        let tokens = try AccessTokens(text: "tok-0123456789abcdef", place: "t")
        try await Self.run(key: key, tokens: tokens) { harness, other in
            let client = try await harness.client()
            try await client.send(
                RawClient.get(
                    "/other/v1/realtime?model=gpt-realtime",
                    extra: "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                        + "Sec-WebSocket-Protocol: realtime, openai-insecure-api-key.tok-0123456789abcdef\r\n"
                        + "Sec-WebSocket-Protocol: openai-project.proj_a\r\n"
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: http://app.example\r\n"
                )
            )
            let connection = try await other.accept()
            let message = try await connection.message(.request)
            #expect(message["sec-websocket-protocol"] == ["realtime, openai-project.proj_a"])
            #expect(message["authorization"] == ["Bearer route-secret"])
            #expect(!message.fields.contains { $0.value.contains("tok-0123456789abcdef") })
            try await connection.send(DataPlaneTests.ok)
            #expect(try await client.response(to: "GET").status == 200)
            _ = try await harness.recorder.record()
        }
    }

    @Test(arguments: [
        "", "azure", "/", "//", "/healthz", "/healthz/", "/a//b", "/a/../b", "/a?b", "/a b", "/a%20b", "/ä", "/a#b",
    ])
    func `A prefix that no path could have is refused`(_ prefix: String) throws {
        let upstream = try #require(Upstream("https://api.openai.com"))
        #expect(throws: GatewayError.self) { try GatewayRoute(prefix: prefix, upstream: upstream) }
    }

    @Test func `Operators see the routes and no key`() async throws {
        let route = try GatewayRoute(
            prefix: "/azure",
            upstream: try #require(Upstream("http://127.0.0.1:1/<b>")),
            key: try UpstreamKey("route-secret", field: .apiKey)
        )
        try await RunningGateway.run(upstream: "http://127.0.0.1:1", configure: { $0.routes = [route] }) { gateway in
            let status = try await gateway.ask("/api/v1/status")
            #expect(status.text.contains(#""routes":[{"prefix":"/azure","upstream":"http://127.0.0.1:1/<b>"}]"#))
            #expect(!status.text.contains("route-secret"))
        }
    }

    @Test func `Every upstream shares the room for bodies that are held`() throws {
        let first = UsageRequests(upstream: "a", bound: 100)
        let second = UsageRequests(upstream: "b", sharing: first)
        let held = try #require(first.reservation(for: 80))
        #expect(held.grow(by: 80))
        #expect(second.heldLength == 80)
        #expect(second.reservation(for: 30)?.grow(by: 30) == false)
        // A refusal of one upstream says nothing about the other.
        #expect(first.remember("m") && first.isRefused("m") && !second.isRefused("m"))
    }
}
