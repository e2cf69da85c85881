import OpenAIUsage
import OpenAIUsageTestKit
import Testing

@testable import OpenAIUsageGateway

/// Requests that a pooled connection turns out to be closed for.
@Suite(.serialized)
struct ReplayTests {
    /// An upstream whose first connection answers once, and ends at its second request.
    private static func forgetful(_ last: String = "") async throws -> ScriptedUpstream {
        let count = Watched(0)
        return try await .start(script: { connection in
            let number = count.update { count in
                count += 1
                return count
            }
            while true {
                _ = try await connection.message(.request)
                if number == 1, count.value == 1, connection.unread.end == nil {
                    count.update { $0 = 2 }
                    try await connection.send(DataPlaneTests.ok)
                } else if number == 1 {
                    if !last.isEmpty { try await connection.send(last) }
                    await connection.close()
                    return
                } else {
                    try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nagain")
                }
            }
        })
    }

    @Test(arguments: [GatewayConfiguration.Durability.committed, .buffered])
    func aRequestIsSentOnceMoreOnAFreshConnection(_ durability: GatewayConfiguration.Durability) async throws {
        try await Harness.run(upstream: try await Self.forgetful(), configure: { $0.durability = durability }) {
            harness in
            let client = try await harness.client()
            #expect(try await client.exchange(RawClient.chat()).text == "{}")
            #expect(try await client.exchange(RawClient.chat()).text == "again")
            let records = try await harness.recorder.records(2)
            #expect(records[0].diagnostics["upstream-replay"] == nil)
            #expect(records[1].diagnostics["upstream-replay"] == "connection-closed")
            #expect(records[1].outcome == .completed)
            #expect(harness.recorder.current.events == [.replayed])
            #expect(harness.upstream.acceptedCount == 2)
        }
    }

    struct Kind: Sendable, CustomTestStringConvertible {
        let replays: GatewayConfiguration.Replays
        let method: String
        var extra = ""
        let isReplayed: Bool
        var testDescription: String { "\(replays) \(method) \(extra.dropLast(2))" }
    }

    @Test(arguments: [
        Kind(replays: .none, method: "GET", isReplayed: false),
        Kind(replays: .none, method: "POST", extra: "Idempotency-Key: k\r\n", isReplayed: false),
        Kind(replays: .idempotent, method: "POST", isReplayed: false),
        Kind(replays: .idempotent, method: "PATCH", isReplayed: false),
        Kind(replays: .idempotent, method: "GET", isReplayed: true),
        Kind(replays: .idempotent, method: "PUT", isReplayed: true),
        Kind(replays: .idempotent, method: "DELETE", isReplayed: true),
        Kind(replays: .idempotent, method: "POST", extra: "Idempotency-Key: k\r\n", isReplayed: true),
        Kind(replays: .all, method: "PATCH", isReplayed: true),
    ])
    func aSettingSaysWhichRequestsAreSentOnceMore(_ kind: Kind) async throws {
        try await Harness.run(upstream: try await Self.forgetful(), configure: { $0.replays = kind.replays }) {
            harness in
            let client = try await harness.client()
            let request = "\(kind.method) /v1/x HTTP/1.1\r\nHost: gateway\r\n\(kind.extra)Content-Length: 4\r\n\r\nbody"
            #expect(try await client.exchange(request).status == 200)
            let response = try await client.exchange(request)
            #expect(response.status == (kind.isReplayed ? 200 : 502))
            #expect(harness.recorder.current.events == (kind.isReplayed ? [.replayed] : []))
            #expect(harness.upstream.acceptedCount == (kind.isReplayed ? 2 : 1))
            if !kind.isReplayed { #expect(response.text.contains("upstream_closed")) }
        }
    }

    @Test(arguments: ["H", "HTTP/1.1 2", "HTTP/1.1 200 OK\r\nContent-Len", "HTTP/1.1 100 Continue\r\n\r\n"])
    func aRequestWhoseResponseHasBegunIsNotSentOnceMore(_ start: String) async throws {
        try await Harness.run(upstream: try await Self.forgetful(start)) { harness in
            let client = try await harness.client()
            #expect(try await client.exchange(RawClient.chat()).text == "{}")
            try await client.send(RawClient.chat())
            if start.contains("100") { #expect(try await client.response().status == 100) }
            #expect(try await client.response().status == 502)
            #expect(harness.recorder.current.events.isEmpty && harness.upstream.acceptedCount == 1)
        }
    }

    @Test(arguments: [(1, 2), (0, 2), (60, 1)])
    func theTimeThatAnUpstreamKeepsAConnectionIsHonored(_ seconds: Int, _ connections: Int) async throws {
        let answer = "HTTP/1.1 200 OK\r\nKeep-Alive: timeout=\(seconds), max=100\r\nContent-Length: 2\r\n\r\n{}"
        try await Harness.run(upstream: .answering(Array(answer.utf8))) { harness in
            for number in 1...2 {
                #expect(try await harness.exchange(RawClient.chat()).text == "{}")
                _ = try await harness.recorder.records(number)
            }
            #expect(harness.upstream.acceptedCount == connections)
        }
    }
}
