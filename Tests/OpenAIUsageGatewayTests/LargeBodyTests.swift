import NIOCore
import NIOPosix
import OpenAIUsage
import OpenAIUsageTestKit
import Synchronization
import Testing

@testable import OpenAIUsageGateway

/// Bodies that are larger than what the gateway may hold: whoever is slow slows the other side down.
@Suite(.serialized)
struct LargeBodyTests {
    private static let size = 64 << 20
    private static let piece = 256 << 10
    /// What the gateway and the system's buffers of both connections may hold together.
    private static let bound = 40 << 20

    /// Sends the pattern, and counts what the connection has taken.
    private static func sendPattern(_ connection: RawConnection, _ sent: Watched<Int>) async throws {
        var position = 0
        while position < size {
            try await connection.send(Pattern.bytes(piece, from: position))
            position += piece
            sent.update { [position] in $0 = position }
        }
    }

    /// Waits until a sender has come to a stop: it has sent nothing between two looks, some time apart.
    private static func untilStalled(_ sent: Watched<Int>) async throws -> Int {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        var last = -1
        var quietLooks = 0
        while quietLooks < 3 {
            let now = try await loop.scheduleTask(in: .milliseconds(50)) { sent.value }.futureResult.get()
            quietLooks = now == last && now > 0 ? quietLooks + 1 : 0
            last = now
        }
        return last
    }

    @Test(arguments: ["/v1/files", "/v1/chat/completions"])
    func aSlowUpstreamSlowsTheUploadDown(_ path: String) async throws {
        let upstream = try await ScriptedUpstream.start(expectsPattern: true)
        try await Harness.run(upstream: upstream) { harness in
            let client = try await harness.client()
            try await client.send(
                "POST \(path) HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=x\r\n"
                    + "Content-Length: \(Self.size)\r\n\r\n"
            )
            let connection = try await harness.upstream.accept()
            try await connection.take(through: "\r\n\r\n")
            try await connection.setReading(false)
            let sent = Watched(0)
            async let sending: Void = Self.sendPattern(client.connection, sent)
            let stalledAt = try await Self.untilStalled(sent)
            #expect(stalledAt - connection.unread.patternLength < Self.bound)
            #expect(stalledAt < Self.size)
            try await connection.setReading(true)
            let received = try await connection.receive("the whole body") { $0.patternLength >= Self.size }
            try await sending
            #expect(received.isPattern)
            #expect(received.patternLength == Self.size)
            try await connection.send(DataPlaneTests.ok)
            #expect(try await client.response().text == "{}")
            #expect(try await harness.recorder.record().outcome == .completed)
        }
    }

    @Test func aSlowClientSlowsTheDownloadDown() async throws {
        try await Harness.run { harness in
            let client = try await harness.client(expectsPattern: true)
            try await client.send(RawClient.get("/v1/files/x/content"))
            let connection = try await harness.upstream.accept()
            _ = try await connection.message(.request)
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(Self.size)\r\n\r\n")
            try await client.connection.take(through: "\r\n\r\n")
            try await client.connection.setReading(false)
            let sent = Watched(0)
            async let sending: Void = Self.sendPattern(connection, sent)
            let stalledAt = try await Self.untilStalled(sent)
            #expect(stalledAt - client.connection.unread.patternLength < Self.bound)
            #expect(stalledAt < Self.size)
            #expect(harness.recorder.current.records.isEmpty)
            try await client.connection.setReading(true)
            let received = try await client.connection.receive("the whole body") { $0.patternLength >= Self.size }
            try await sending
            #expect(received.isPattern)
            #expect(received.patternLength == Self.size)
            #expect(try await harness.recorder.record().outcome == .completed)
        }
    }

    /// The last bytes of a response may still wait in the gateway when its call is over and its connection is to end.
    @Test(arguments: ["Connection: close\r\n", ""])
    func aSlowClientGetsTheEndToo(_ field: String) async throws {
        try await Harness.run { harness in
            let client = try await harness.client(expectsPattern: true, receiveBuffer: 4_096)
            try await client.send(RawClient.get("/v1/files/x/content", extra: field))
            let connection = try await harness.upstream.accept()
            _ = try await connection.message(.request)
            let size = 8 << 20
            try await connection.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: \(size)\r\n\r\n")
            try await connection.send(Pattern.bytes(size))
            await connection.close()
            #expect(try await harness.recorder.record().outcome == .completed)
            let received = try await client.connection.receive("the whole body") { $0.patternLength >= size }
            #expect(received.isPattern)
            #expect(received.patternLength == size)
        }
    }

    @Test func aClientThatPausesGetsTheEndToo() async throws {
        try await Harness.run { harness in
            let client = try await harness.client(expectsPattern: true, receiveBuffer: 4_096)
            try await client.send(RawClient.get("/v1/files/x/content", extra: "Connection: close\r\n"))
            let connection = try await harness.upstream.accept()
            _ = try await connection.message(.request)
            let size = 8 << 20
            try await connection.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: \(size)\r\n\r\n")
            try await client.connection.take(through: "\r\n\r\n")
            try await client.connection.setReading(false)
            async let sending: Void = connection.send(Pattern.bytes(size))
            // The client reads just as much as makes room for the rest, which then waits in the gateway.
            var length = 0
            while harness.recorder.current.records.isEmpty, length < size {
                let wanted = min(size, client.connection.unread.patternLength + 1)
                try await client.connection.setReading(true)
                length = try await client.connection.receive("more") { $0.patternLength >= wanted }.patternLength
                try await client.connection.setReading(false)
                for _ in 0..<3 { try await harness.settle(client) }
            }
            try await sending
            #expect(try await harness.recorder.record().outcome == .completed)
            // Longer than the gateway lingers on a connection, by the clock of its own loop.
            try await harness.loop.scheduleTask(in: .milliseconds(2_500)) {}.futureResult.get()
            try await client.connection.setReading(true)
            let received = try await client.connection.receive("the whole body") { $0.patternLength >= size }
            #expect(received.isPattern)
        }
    }

    @Test func aSlowClientGetsAllThatCameBeforeACut() async throws {
        try await Harness.run { harness in
            let client = try await harness.client(expectsPattern: true, receiveBuffer: 4_096)
            try await client.send(RawClient.get("/v1/files/x/content"))
            let connection = try await harness.upstream.accept()
            _ = try await connection.message(.request)
            let size = 8 << 20
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(size + 1)\r\n\r\n")
            try await connection.send(Pattern.bytes(size))
            await connection.close()
            #expect(try await harness.recorder.record().outcome == .cut)
            let received = try await client.connection.ended()
            #expect(received.isPattern)
            #expect(received.patternLength == size)
        }
    }
}
