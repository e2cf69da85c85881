import NIOCore
import OpenAIUsage
import OpenAIUsageTestKit
import Testing

@testable import OpenAIUsageGateway

/// Connections that change to a WebSocket: frames pass as they come, and what the server says is metered.
struct WebSocketTests {
    private static let switching =
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
    private static let created = #"{"type":"session.created","session":{"id":"sess_1","model":"gpt-realtime"}}"#
    private static let done =
        #"{"type":"response.done","response":{"id":"resp_1","status":"completed","usage":{"total_tokens":25,"#
        + #""input_tokens":20,"output_tokens":5,"input_token_details":{"text_tokens":20,"audio_tokens":0},"#
        + #""output_token_details":{"text_tokens":5,"audio_tokens":0}}}}"#

    /// A frame; a mask of nothing but zeros changes nothing.
    private static func frame(
        _ opcode: UInt8,
        _ payload: [UInt8],
        isFinal: Bool = true,
        isMasked: Bool = false
    ) -> [UInt8] {
        let mark: UInt8 = isMasked ? 0x80 : 0
        var bytes = [(isFinal ? 0x80 : 0) | opcode]
        if payload.count < 126 {
            bytes.append(mark | UInt8(payload.count))
        } else {
            bytes += [mark | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xff)]
        }
        return bytes + (isMasked ? [0, 0, 0, 0] : []) + payload
    }

    private static func text(_ text: String) -> [UInt8] { frame(1, Array(text.utf8)) }
    private static let goodbye = frame(8, [0x03, 0xe8])

    /// A client and an upstream behind the change.
    private func open(
        _ harness: Harness,
        path: String = "/v1/realtime?model=gpt-realtime",
        extra: String = ""
    ) async throws -> (RawClient, RawConnection, RawMessage) {
        let client = try await harness.client()
        try await client.send(
            "GET \(path) HTTP/1.1\r\nHost: gateway\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\(extra)"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        let upstream = try await harness.upstream.accept()
        let request = try await upstream.message(.request)
        try await upstream.send(Self.switching)
        let head = try await client.connection.take(through: "\r\n\r\n")
        #expect(head.hasPrefix("HTTP/1.1 101 Switching Protocols\r\n") && head.contains("Upgrade: websocket\r\n"))
        #expect(head.contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"))
        return (client, upstream, request)
    }

    private func pass(_ bytes: [UInt8], from sender: RawConnection, to receiver: RawConnection) async throws {
        try await sender.send(bytes)
        #expect(try await receiver.take(bytes.count) == bytes)
    }

    @Test(arguments: ["/v1/realtime?model=gpt-realtime", "/v1/responses", "/v1/live", "/other/path"])
    func framesPassBothWaysAndEndWithGoodbyes(_ path: String) async throws {
        try await Harness.run { harness in
            let (client, upstream, request) = try await open(harness, path: path)
            #expect(request.target == path && request["upgrade"] == ["websocket"])
            #expect(request["sec-websocket-key"] == ["dGhlIHNhbXBsZSBub25jZQ=="])
            try await pass(Self.frame(1, Array("hello".utf8), isMasked: true), from: client.connection, to: upstream)
            try await pass(Self.text(Self.created), from: upstream, to: client.connection)
            try await pass(Self.frame(2, [0, 1, 255]), from: upstream, to: client.connection)
            try await pass(Self.goodbye, from: upstream, to: client.connection)
            try await pass(Self.frame(8, [0x03, 0xe8], isMasked: true), from: client.connection, to: upstream)
            await upstream.close()
            try await client.connection.ended()
            let record = try await harness.recorder.record()
            #expect(record.outcome == .completed && record.status == 101)
        }
    }

    /// Whole, in fragments with control frames between them, and byte by byte.
    @Test(arguments: [[100_000], [1], [7, 2]])
    func usageIsReadFromTheServersMessages(_ pieces: [Int]) async throws {
        try await Harness.run { harness in
            let (client, upstream, _) = try await open(harness)
            let done = Array(Self.done.utf8)
            let frames =
                Self.text(Self.created)
                + Self.frame(1, Array(done[..<50]), isFinal: false) + Self.frame(9, Array("ping".utf8))
                + Self.frame(0, Array(done[50..<90]), isFinal: false) + Self.frame(10, [])
                + Self.frame(0, Array(done[90...])) + Self.text(Self.done.replacing("resp_1", with: "resp_2"))
            try await upstream.send(frames, inPiecesOf: pieces)
            #expect(try await client.connection.take(frames.count) == frames)
            try await upstream.send(Self.goodbye)
            await upstream.close()
            try await client.connection.ended()
            let record = try await harness.recorder.record()
            #expect(record.outcome == .completed)
            #expect(record.usageState == .reported)
            // Every response of the session has its own usage.
            #expect(record.usage.inputTokens == 40 && record.usage.outputTokens == 10, "\(record)")
        }
    }

    @Test func whatTheClientSaysIsNotMetered() async throws {
        try await Harness.run { harness in
            let (client, upstream, _) = try await open(harness)
            try await pass(Self.frame(1, Array(Self.done.utf8), isMasked: true), from: client.connection, to: upstream)
            try await upstream.send(Self.goodbye)
            await upstream.close()
            try await client.connection.ended()
            #expect(try await harness.recorder.record().usage.inputTokens == nil)
        }
    }

    @Test func extensionsAreNotOfferedOn() async throws {
        try await Harness.run { harness in
            let (client, upstream, request) = try await open(
                harness,
                extra: "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"
                    + "Sec-WebSocket-Protocol: realtime\r\n"
            )
            #expect(request["sec-websocket-extensions"].isEmpty && request["sec-websocket-protocol"] == ["realtime"])
            await client.connection.close()
            try await upstream.ended()
            _ = try await harness.recorder.record()
        }
    }

    @Test func framesThatComeWithTheHeadsPassToo() async throws {
        try await Harness.run { harness in
            let client = try await harness.client()
            let early = Self.frame(1, Array("early".utf8), isMasked: true)
            let request = "GET /v1/realtime HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
            try await client.connection.send(Array(request.utf8) + early)
            let upstream = try await harness.upstream.accept()
            _ = try await upstream.message(.request)
            try await upstream.send(Array(Self.switching.utf8) + Self.text(Self.done))
            try await client.connection.take(through: "\r\n\r\n")
            #expect(try await client.connection.take(Self.text(Self.done).count) == Self.text(Self.done))
            #expect(try await upstream.take(early.count) == early)
            await upstream.close()
            try await client.connection.ended()
            #expect(try await harness.recorder.record().usage.inputTokens == 20)
        }
    }

    @Test(arguments: [true, false])
    func anUpstreamThatIsCut(_ isReset: Bool) async throws {
        try await Harness.run { harness in
            let (client, upstream, _) = try await open(harness)
            try await pass(Self.text(Self.done), from: upstream, to: client.connection)
            if isReset { await upstream.reset() } else { await upstream.close() }
            try await client.connection.ended()
            let record = try await harness.recorder.record()
            #expect(record.outcome == .cut && record.usage.inputTokens == 20)
        }
    }

    @Test(arguments: [true, false])
    func aClientThatIsCut(_ isReset: Bool) async throws {
        try await Harness.run { harness in
            let (client, upstream, _) = try await open(harness)
            try await pass(Self.text(Self.done), from: upstream, to: client.connection)
            if isReset { await client.connection.reset() } else { await client.connection.close() }
            try await upstream.ended()
            let record = try await harness.recorder.record()
            #expect(record.outcome == .clientDisconnected && record.usage.inputTokens == 20)
        }
    }

    /// Codex tries a WebSocket first, and then a request.
    @Test(arguments: ["426 Upgrade Required", "404 Not Found", "400 Bad Request"])
    func anUpgradeThatIsRefusedIsAnOrdinaryResponse(_ status: String) async throws {
        try await Harness.run { harness in
            let client = try await harness.client()
            try await client.send(
                "GET /v1/responses HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
            )
            let upstream = try await harness.upstream.accept()
            _ = try await upstream.message(.request)
            try await upstream.send("HTTP/1.1 \(status)\r\nContent-Length: 2\r\n\r\nno")
            let response = try await client.response(to: "GET")
            #expect("\(response.status)" == status.prefix(3) && response.text == "no")
            // Servers that are asked for another protocol may read nothing more on the connection.
            try await upstream.ended()
            try await client.send(RawClient.post("/v1/responses", #"{"model":"m","input":"Hi"}"#))
            let next = try await harness.upstream.accept()
            _ = try await next.message(.request)
            try await next.send(DataPlaneTests.ok)
            #expect(try await client.response().text == "{}")
            let records = try await harness.recorder.records(2)
            #expect(records.map(\.outcome) == [.error, .completed])
        }
    }

    // MARK: - The end of the gateway

    /// Both sides are told that the gateway goes away, unless that would take a frame apart.
    @Test(arguments: [false, true])
    func aShutdownSaysGoodbyeToBothSides(_ isWithinFrames: Bool) async throws {
        try await Harness.run { harness in
            let (client, upstream, _) = try await open(harness)
            try await pass(Self.text(Self.created), from: upstream, to: client.connection)
            try await pass(Self.frame(1, Array("hello".utf8), isMasked: true), from: client.connection, to: upstream)
            if isWithinFrames {
                try await pass(Array(Self.text("half").dropLast()), from: upstream, to: client.connection)
                try await pass([0x81], from: client.connection, to: upstream)
            }
            #expect(await harness.plane.shutDown(within: .milliseconds(1)) == false)
            let toClient = try await client.connection.ended().bytes
            let toUpstream = try await upstream.ended().bytes
            if isWithinFrames {
                #expect(toClient.isEmpty && toUpstream.isEmpty)
            } else {
                #expect(toClient == Self.frame(8, [0x03, 0xe9]))
                #expect(toUpstream.prefix(2) == [0x88, 0x82] && toUpstream.count == 8)
                #expect(zip(toUpstream.suffix(2), toUpstream.dropFirst(2)).map { $0 ^ $1 } == [0x03, 0xe9])
            }
            #expect(try await harness.recorder.record().outcome == .cut)
        }
    }

    /// Who has said goodbye is not spoken for again.
    @Test func aGoodbyeIsSaidOnce() async throws {
        try await Harness.run { harness in
            let (client, upstream, _) = try await open(harness)
            try await pass(Self.goodbye, from: upstream, to: client.connection)
            #expect(await harness.plane.shutDown(within: .milliseconds(1)) == false)
            #expect(try await client.connection.ended().bytes.isEmpty)
            #expect(try await upstream.ended().bytes.count == 8)
        }
    }
}
