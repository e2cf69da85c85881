import HTTPTypes
import NIOCore
import OpenAIUsage
import OpenAIUsageCurl
import OpenAIUsageTestKit
import OpenAIUsageTestSupport
import Testing

/// Bodies stream in both directions, and neither side's is gathered.
struct FlowTests {
    static let megabyte = 1 << 20

    @Test(arguments: [0, 1, 65_536, 65_537, 3_000_000])
    func `A body of bytes is sent with its length`(count: Int) async throws {
        try await CurlHarness.run { harness in
            async let response = harness.transport.send(harness.request(body: Body(Pattern.bytes(count))))
            let connection = try await harness.server.accept()
            let message = try await connection.message(.request)
            #expect(message["content-length"] == ["\(count)"] && message["transfer-encoding"] == [])
            #expect(message.body == Pattern.bytes(count))
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            #expect(try await response.head.status == .ok)
        }
    }

    @Test(arguments: [(0, true), (0, false), (1, true), (1, false), (700_000, true), (700_000, false)])
    func `A body of a stream is sent with its length if that is known`(count: Int, isKnown: Bool) async throws {
        try await CurlHarness.run { harness in
            let source = PulledBody(length: count, inPiecesOf: 999)
            let body = Body(source, length: isKnown ? count : nil)
            async let response = harness.transport.send(harness.request(.put, "/", body: body))
            let connection = try await harness.server.accept()
            let message = try await connection.message(.request)
            #expect(message.method == "PUT")
            #expect(message["content-length"] == (isKnown ? ["\(count)"] : []))
            #expect(message["transfer-encoding"] == (isKnown ? [] : ["chunked"]))
            #expect(message.body == Pattern.bytes(count))
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            #expect(try await response.head.status == .ok)
        }
    }

    @Test
    func `64 MB are uploaded as they are pulled, in bounded memory`() async throws {
        let length = 64 * Self.megabyte
        try await CurlHarness.run(server: .start(expectsPattern: true)) { harness in
            let before = ProcessReading.residentBytes
            let source = PulledBody(length: length)
            let body = Body(source, length: length)
            let request = harness.request(.post, "/v1/audio/transcriptions", body: body)
            async let response = harness.metered.send(request)
            let connection = try await harness.server.accept()
            let received = try await connection.receive("the body") { $0.patternLength >= length }
            #expect(received.isPattern && received.patternLength == length && source.pulled == length)
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
            _ = try await response.body.collect(upTo: 2)
            #expect(ProcessReading.residentBytes - before < 30 * Self.megabyte)
            try await harness.expectOutcome(.completed)
        }
    }

    @Test
    func `A server that does not read makes the source wait`() async throws {
        let length = 64 * Self.megabyte
        try await CurlHarness.run { harness in
            let other = try await ScriptedUpstream.answering(Self.ok)
            let source = PulledBody(length: length)
            let body = Body(source, length: length)
            async let response = harness.transport.send(harness.request(body: body))
            let connection = try await harness.server.accept()
            try await connection.take(through: "\r\n\r\n")
            try await connection.setReading(false)
            // Others go on meanwhile.
            let isQuiet = try await Self.settles(harness, other.port) { source.pulled }
            #expect(isQuiet && source.pulled < 16 * Self.megabyte)
            try await connection.setReading(true)
            try await connection.receive("the body") { $0.bytes.count >= length - source.pulled / 2 || $0.end != nil }
            try await source.wait(for: "all of it to be pulled") { $0 == length }
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            #expect(try await response.head.status == .ok)
            await other.stop()
        }
    }

    @Test
    func `A response that nobody reads makes the server wait`() async throws {
        let length = 64 * Self.megabyte
        try await CurlHarness.run { harness in
            let other = try await ScriptedUpstream.answering(Self.ok)
            async let response = harness.metered.send(harness.request(.get))
            let connection = try await harness.server.accept()
            _ = try await connection.message(.request)
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(length)\r\n\r\n")
            let received = try await response
            let before = ProcessReading.residentBytes
            let sent = Watched(0)
            let writer = Task {
                for offset in stride(from: 0, to: length, by: 64 * 1024) {
                    try await connection.send(Pattern.bytes(64 * 1024, from: offset))
                    sent.update { $0 += 64 * 1024 }
                }
            }
            let isQuiet = try await Self.settles(harness, other.port) { sent.value }
            #expect(isQuiet && sent.value < 16 * Self.megabyte)
            var position = 0
            for try await piece in received.body {
                #expect(Pattern.matches(ByteBuffer(bytes: piece), from: position))
                // What waits is bounded, so what comes at once is.
                #expect(piece.count < 1 << 20)
                position += piece.count
            }
            #expect(position == length)
            try await writer.value
            #expect(ProcessReading.residentBytes - before < 32 * Self.megabyte)
            try await harness.expectOutcome(.completed)
            await other.stop()
        }
    }

    @Test
    func `An answer that comes before the body was sent ends the upload`() async throws {
        let length = 64 * Self.megabyte
        try await CurlHarness.run { harness in
            let source = PulledBody(length: length)
            let body = Body(source, length: length)
            async let response = harness.metered.send(harness.request(body: body))
            let connection = try await harness.server.accept()
            try await connection.take(through: "\r\n\r\n")
            try await connection.setReading(false)
            try await connection.send("HTTP/1.1 413 Too Large\r\nContent-Length: 5\r\n\r\nlarge")
            let received = try await response
            #expect(received.head.status.code == 413)
            #expect(try await received.body.collect(upTo: 5) == Array("large".utf8))
            #expect(source.pulled < length)
            try await connection.setReading(true)
            try await connection.ended()
            let record = try await harness.record()
            #expect(record.status == 413)
        }
    }

    @Test
    func `A response may begin while the request's body goes on`() async throws {
        let length = 32 * Self.megabyte
        try await CurlHarness.run(server: .start(expectsPattern: true)) { harness in
            let source = PulledBody(length: length)
            async let response = harness.transport.send(harness.request(body: Body(source, length: length)))
            let connection = try await harness.server.accept()
            try await connection.receive("a part of the body") { $0.patternLength > 0 }
            try await connection.setReading(false)
            try await connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nuno\r\n")
            let received = try await response
            #expect(source.pulled < length)
            try await connection.setReading(true)
            async let answer = received.body.collect(upTo: 100)
            let upload = try await connection.receive("the body") { $0.patternLength >= length }
            #expect(upload.isPattern && upload.patternLength == length)
            try await connection.send("3\r\ndue\r\n0\r\n\r\n")
            #expect(try await answer == Array("unodue".utf8))
        }
    }

    @Test(arguments: [(99, "longer"), (101, "ended after 100")])
    func `A body that is not as long as it was to be ends the call`(length: Int, word: String) async throws {
        try await CurlHarness.run { harness in
            let body = Body(PulledBody(length: 100, inPiecesOf: 10), length: length)
            let error = await #expect(throws: TransportError.self) {
                try await harness.metered.send(harness.request(body: body))
            }
            #expect(error?.code == .invalidRequest && error?.message.contains(word) == true)
            let record = try await harness.record()
            #expect(record.status == nil)
        }
    }

    @Test
    func `A body whose source fails ends the call with its error`() async throws {
        struct SourceError: Error {}
        try await CurlHarness.run { harness in
            let body = Body(PulledBody(length: 100, failure: SourceError()))
            let error = await #expect(throws: TransportError.self) {
                try await harness.metered.send(harness.request(body: body))
            }
            #expect(error?.underlying is SourceError)
            let record = try await harness.record()
            #expect(record.status == nil)
        }
    }

    private static let ok = Array("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}".utf8)

    /// Whether a number stands still while other calls come through, for so long that what moves would have moved.
    private static func settles(_ harness: CurlHarness, _ port: Int, _ number: @Sendable () -> Int) async throws -> Bool
    {
        var last = -1
        var still = 0
        for _ in 0..<20_000 {
            let response = try await harness.transport.send(.local(port, body: Body("{}")))
            _ = try await response.body.collect(upTo: 2)
            let next = number()
            still = next == last ? still + 1 : 0
            last = next
            if still == 500 { return true }
        }
        return false
    }
}
