import OpenAIUsage
import OpenAIUsageLedger
import OpenAIUsageTestKit
import Testing

@testable import OpenAIUsageGateway

/// A listener that asks for tokens and for its own name, at its socket.
struct AccessTests {
    private static let token = "tok-0123456789abcdef"

    private static func run(_ body: (Harness) async throws -> Void) async throws {
        let upstream = try await ScriptedUpstream.answering(Array(DataPlaneTests.ok.utf8))
        let tokens = try AccessTokens(text: token, place: "t")
        try await Harness.run(
            upstream: upstream,
            configure: {
                $0.access.clientTokens = tokens
                $0.access.allowedHosts = ["gateway"]
            },
            body: body
        )
    }

    @Test func `A token lets in, and is not sent on`() async throws {
        let upstream = try await ScriptedUpstream.start()
        let tokens = try AccessTokens(text: Self.token, place: "t")
        try await Harness.run(upstream: upstream, configure: { $0.access.clientTokens = tokens }) { harness in
            let client = try await harness.client()
            try await client.send(
                RawClient.chat(extra: "Authorization: Bearer sk-mine\r\nOpenAI-Usage-Token: \(Self.token)\r\n")
            )
            let connection = try await upstream.accept()
            let message = try await connection.message(.request)
            #expect(message["authorization"] == ["Bearer sk-mine"])
            #expect(!message.fields.contains { $0.value.contains(Self.token) })
            try await connection.send(DataPlaneTests.ok)
            #expect(try await client.response().status == 200)
            _ = try await harness.recorder.record()
        }
    }

    @Test func `Without a token nothing reaches the upstream or the ledger`() async throws {
        try await Self.run { harness in
            let response = try await harness.exchange(RawClient.chat(extra: "Authorization: Bearer sk-not-a-token\r\n"))
            #expect(response.status == 401)
            #expect(response["www-authenticate"].count == 1 && response["connection"] == ["close"])
            #expect(response["content-type"] == ["application/json"])
            #expect(response.text.hasPrefix(#"{"error":{"message":""#))
            #expect(response.text.contains(#""code":"missing_gateway_token""#))
            #expect(response.text.contains("OpenAI-Usage-Token") && !response.text.contains("sk-not-a-token"))
            #expect(harness.upstream.acceptedCount == 0)
            #expect(harness.recorder.current.started == 0 && harness.recorder.current.records.isEmpty)
            #expect(harness.recorder.current.events == [.unauthorized])
        }
    }

    @Test func `A client that still sends gets its refusal, and nothing behind it is a call`() async throws {
        try await Self.run { harness in
            let client = try await harness.client()
            try await client.send(
                "POST /v1/responses HTTP/1.1\r\nHost: gateway\r\nContent-Length: 100000\r\nExpect: 100-continue\r\n\r\n"
            )
            #expect(try await client.response().status == 401)
            let authorized = RawClient.chat(extra: "OpenAI-Usage-Token: \(Self.token)\r\n")
            try? await client.send(authorized)
            try await client.connection.ended()
            #expect(harness.upstream.acceptedCount == 0 && harness.recorder.current.started == 0)
        }
    }

    @Test func `Each request of a connection is judged by itself`() async throws {
        try await Self.run { harness in
            let client = try await harness.client()
            let authorized = RawClient.chat(extra: "OpenAI-Usage-Token: \(Self.token)\r\n")
            #expect(try await client.exchange(authorized).status == 200)
            try await client.send(authorized + RawClient.chat())
            #expect(try await client.response().status == 200)
            #expect(try await client.response().status == 401)
            try await client.connection.ended()
            #expect(try await harness.recorder.records(2).count == 2)
        }
    }

    @Test(arguments: ["/", "/healthz"])
    func `Load balancers need neither a token nor a name`(_ path: String) async throws {
        try await Self.run { harness in
            let request = "GET \(path) HTTP/1.1\r\nHost: 10.1.2.3:8787\r\n\r\n"
            let response = try await harness.exchange(request, method: "GET")
            #expect(response.text == "ok\n")
            #expect(harness.recorder.current.events.isEmpty)
        }
    }

    @Test(arguments: ["evil.example", "evil.example:8787", "127.0.0.1.nip.io"])
    func `A name that was made to resolve to this machine gets nowhere`(_ host: String) async throws {
        let upstream = try await ScriptedUpstream.answering(Array(DataPlaneTests.ok.utf8))
        try await Harness.run(upstream: upstream, configure: { $0.access.allowedHosts = [] }) { harness in
            for target in ["/v1/models", "http://\(host)/v1/models"] {
                let request = "GET \(target) HTTP/1.1\r\nHost: \(host)\r\n\r\n"
                let response = try await harness.exchange(request, method: "GET")
                #expect(response.status == 421 && response.text.contains("--allowed-host"))
            }
            #expect(upstream.acceptedCount == 0 && harness.recorder.current.started == 0)
            #expect(harness.recorder.current.events.allSatisfy { $0 == .hostRefused })
            for name in ["localhost:\(harness.plane.port)", "127.0.0.1:\(harness.plane.port)", "[::1]"] {
                let response = try await harness.exchange(
                    "GET /v1/models HTTP/1.1\r\nHost: \(name)\r\n\r\n",
                    method: "GET"
                )
                #expect(response.status == 200)
            }
            _ = try await harness.recorder.records(3)
        }
    }

    @Test func `Tokens and keys change while a stream goes on`() async throws {
        let upstream = try await ScriptedUpstream.start()
        let tokens = try AccessTokens(text: Self.token, place: "t")
        var configuration: GatewayConfiguration?
        let key = try UpstreamKey("old-secret", field: .authorization)
        try await Harness.run(
            upstream: upstream,
            configure: {
                $0.access.clientTokens = tokens
                $0.upstreamKey = key
                configuration = $0
            }
        ) { harness in
            let client = try await harness.client()
            try await client.send(RawClient.chat(extra: "Authorization: Bearer \(Self.token)\r\n"))
            let connection = try await upstream.accept()
            #expect(try await connection.message(.request)["authorization"] == ["Bearer old-secret"])
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{")

            var changed = try #require(configuration)
            changed.access.clientTokens = try AccessTokens(text: "tok-fedcba9876543210", place: "t")
            changed.upstreamKey = try UpstreamKey("new-secret", field: .apiKey)
            harness.plane.use(changed)
            let refused = try await harness.exchange(RawClient.chat(extra: "Authorization: Bearer \(Self.token)\r\n"))
            #expect(refused.status == 401)
            let other = try await harness.client()
            try await other.send(RawClient.chat(extra: "Authorization: Bearer tok-fedcba9876543210\r\n"))
            let second = try await upstream.accept()
            let message = try await second.message(.request)
            #expect(message["api-key"] == ["new-secret"] && message["authorization"].isEmpty)
            try await second.send(DataPlaneTests.ok)
            #expect(try await other.response().status == 200)

            try await connection.send("}")
            #expect(try await client.response().text == "{}")
            #expect(try await harness.recorder.records(2).allSatisfy { $0.outcome == .completed })
        }
    }

    @Test func `A token's end names the row's key and its project`() async throws {
        let upstream = try await ScriptedUpstream.answering(Array(DataPlaneTests.ok.utf8))
        let tokens = try AccessTokens(text: Self.token, place: "t")
        let key = try UpstreamKey("route-secret-0123456789", field: .authorization)
        try await RunningGateway.run(
            upstream: "http://127.0.0.1:\(upstream.port)",
            configure: {
                $0.access.clientTokens = tokens
                $0.upstreamKey = key
                $0.projectsByKey = ["cdef": "proj_team", "6789": "proj_wrong"]
            }
        ) { gateway in
            let client = try await gateway.caller()
            let response = try await client.exchange(RawClient.chat(extra: "x-api-key: \(Self.token)\r\n"))
            #expect(response.status == 200)
            await client.connection.close()
            await gateway.ledger.flush()
            let records = try LedgerReader(path: gateway.ledgerPath).calls(CallsQuery())
            #expect(records.map(\.project) == ["proj_team"] && records[0].key?.hint == "...cdef")
        }
        await upstream.stop()
    }

    @Test func `A key goes to no other upstream when the routes have changed`() throws {
        var configuration = GatewayConfiguration(upstream: try #require(Upstream("https://api.openai.com")))
        let key = try UpstreamKey("secret", field: .authorization)
        configuration.routes = [
            try GatewayRoute(prefix: "/a", upstream: try #require(Upstream("https://a.example")), key: key)
        ]
        let live = LiveConfiguration(configuration)
        var other = configuration
        other.routes[0].upstream = try #require(Upstream("https://b.example"))
        #expect(throws: GatewayError.self) { try live.adopt(other) }
        other = configuration
        other.routes.append(try GatewayRoute(prefix: "/b", upstream: try #require(Upstream("https://b.example"))))
        #expect(throws: GatewayError.self) { try live.adopt(other) }
        other = configuration
        other.upstream = try #require(Upstream("https://b.example"))
        #expect(throws: GatewayError.self) { try live.adopt(other) }
        other = configuration
        other.routes[0].key = try UpstreamKey("another", field: .authorization)
        try live.adopt(other)
        #expect(live.configuration.routes[0].key == other.routes[0].key)
        // A listener that others reach never becomes open by reading its settings again.
        var open = configuration
        open.listen.host = "0.0.0.0"
        open.access.clientTokens = try AccessTokens(text: Self.token, place: "t")
        let exposed = LiveConfiguration(open)
        open.access.clientTokens = nil
        #expect(throws: GatewayError.self) { try exposed.adopt(open) }
        #expect(exposed.configuration.access.clientTokens != nil)
    }
}
