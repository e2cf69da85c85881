import NIOCore
import OpenAIUsage
import OpenAIUsageTestKit
import Testing

@testable import OpenAIUsageGateway

/// Clients that have nothing more to say, and read on.
struct HalfCloseTests {
    @Test(arguments: [GatewayConfiguration.Durability.committed, .buffered], [true, false])
    func theResponseComes(_ durability: GatewayConfiguration.Durability, _ isChunked: Bool) async throws {
        try await Harness.run(configure: { $0.durability = durability }) { harness in
            let client = try await harness.client()
            try await client.send(RawClient.chat())
            try await client.connection.closeOutput()
            let upstream = try await harness.upstream.accept()
            _ = try await upstream.message(.request)
            try await upstream.send(
                isChunked
                    ? "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n" : DataPlaneTests.ok
            )
            #expect(try await client.response().text == "{}")
            #expect(try await client.connection.ended().end == .closed)
            #expect(try await harness.recorder.record().outcome == .completed)
        }
    }

    /// A client that ends its side when its response is written, and not read yet, gets all of it.
    @Test(arguments: [GatewayConfiguration.Durability.committed, .buffered])
    func aResponseThatIsStillLeavingComesToItsEnd(_ durability: GatewayConfiguration.Durability) async throws {
        let size = 8 << 20
        let head = "HTTP/1.1 200 OK\r\nContent-Length: \(size)\r\n\r\n"
        try await Harness.run(
            upstream: .answering(Array(head.utf8) + Array(repeating: 0x72, count: size)),
            configure: { $0.durability = durability }
        ) { harness in
            let client = try await harness.client(receiveBuffer: 65_536)
            try await client.send(RawClient.chat())
            // What is left fits into what the gateway and the system hold for a slow client.
            var taken = 0
            let channel = client.connection.channel
            // A read takes no more than is left.
            try await channel.setOption(.maxMessagesPerRead, value: 1).get()
            try await channel.setOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 16_384)).get()
            try await client.connection.setReading(false)
            while harness.recorder.current.records.isEmpty {
                if taken < size - 100_000 { channel.read() }
                try await harness.settle(client)
                taken = client.connection.unread.bytes.count
            }
            #expect(taken < size)
            try await client.connection.closeOutput()
            try await harness.settle(client)
            // Both sides may have ended by now.
            try? await client.connection.setReading(true)
            let received = try await client.connection.ended()
            #expect(received.bytes.count == size + head.utf8.count)
        }
    }

    /// The end of a client's side stands behind every request that was sent before it.
    @Test(arguments: [GatewayConfiguration.Durability.committed, .buffered], [2, 5])
    func everyRequestBeforeTheEndIsAnswered(_ durability: GatewayConfiguration.Durability, _ count: Int) async throws {
        // The end comes to the gateway before the first of the responses.
        let (received, hasEnded) = (Watched(0), Watched(false))
        let upstream = try await ScriptedUpstream.start(script: { connection in
            while true {
                _ = try await connection.message(.request)
                received.update { $0 += 1 }
                try await hasEnded.wait(for: "the end of the client's side") { $0 }
                try await connection.send(DataPlaneTests.ok)
            }
        })
        try await Harness.run(upstream: upstream, configure: { $0.durability = durability }) { harness in
            let client = try await harness.client()
            try await client.send(String(repeating: RawClient.chat(), count: count))
            try await client.connection.closeOutput()
            try await received.wait(for: "the first request") { $0 == 1 }
            try await harness.settle(client)
            hasEnded.update { $0 = true }
            for _ in 0..<count { #expect(try await client.response().text == "{}") }
            #expect(try await client.connection.ended().end == .closed)
            #expect(try await harness.recorder.records(count).allSatisfy { $0.outcome == .completed })
        }
    }

    /// What stands behind a request and is none itself, because it is not whole, ends the connection.
    @Test(arguments: ["GET /v1/mod", "POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{"])
    func aRequestThatIsCutOffEndsTheConnection(_ rest: String) async throws {
        try await Harness.run(upstream: .answering(Array(DataPlaneTests.ok.utf8))) { harness in
            let client = try await harness.client()
            try await client.send(RawClient.chat() + rest)
            try await client.connection.closeOutput()
            #expect(try await client.response().text == "{}")
            try await client.connection.ended()
            try await harness.untilClientsLeft(0)
        }
    }
}
