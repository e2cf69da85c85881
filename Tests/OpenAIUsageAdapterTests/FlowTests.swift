import NIOCore
import OpenAIUsage
import OpenAIUsageTestKit
import OpenAIUsageURLSession
import Testing

/// Bodies that are longer than what anybody keeps.
struct FlowTests {
    /// Sends a long response until the other side takes no more, and tells how much it took.
    private func flood(_ connection: RawConnection, length: Int, sent: Watched<Int>) -> Task<Void, any Error> {
        Task {
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(length)\r\n\r\n")
            for offset in stride(from: 0, to: length, by: 100_000) {
                try await connection.send(Pattern.bytes(100_000, from: offset))
                sent.update { $0 += 100_000 }
            }
        }
    }

    private func read(_ body: Body) async throws -> Int {
        var received = 0
        for try await piece in body {
            if Pattern.matches(ByteBuffer(bytes: piece), from: received) { received += piece.count }
        }
        return received
    }

    @Test(arguments: Client.allCases)
    func `A long body that is read comes whole, through little memory`(client: Client) async throws {
        try await AdapterHarness.run(client) { harness in
            let length = 20_000_000
            let sent = Watched(0)
            async let response = harness.metered.send(harness.request())
            let connection = try await harness.server.accept()
            _ = try await connection.message(.request)
            let writer = flood(connection, length: length, sent: sent)
            let before = ProcessReading.residentBytes
            #expect(try await read(try await response.body) == length)
            #expect(ProcessReading.residentBytes - before < 80_000_000)
            try await writer.value
            #expect(try await harness.record().outcome == .completed)
        }
    }

    /// Sends a response that is not a stream, no faster than it is read.
    private func send(_ connection: RawConnection, length: Int, received: Watched<Int>) async throws {
        try await connection.send(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: \(length)\r\n\r\n"
        )
        for offset in stride(from: 0, to: length, by: 1_000_000) {
            try await received.wait(for: "the reader to follow") { $0 >= offset - 8_000_000 }
            try await connection.send(Pattern.bytes(1_000_000, from: offset))
        }
    }

    @Test(arguments: Client.allCases)
    func `A response of 200 MB that is not a stream goes through little memory`(client: Client) async throws {
        try await AdapterHarness.run(client) { harness in
            let length = 200_000_000
            async let response = harness.metered.send(harness.request())
            let connection = try await harness.server.accept()
            _ = try await connection.message(.request)
            let received = Watched(0)
            let writer = Task { try await send(connection, length: length, received: received) }
            let before = ProcessReading.residentBytes
            var most = before
            for try await piece in try await response.body {
                #expect(Pattern.matches(ByteBuffer(bytes: piece), from: received.value))
                received.update { $0 += piece.count }
                most = max(most, ProcessReading.residentBytes)
            }
            try await writer.value
            #expect(received.value == length && most - before < 60_000_000)
            #expect(try await harness.record().outcome == .completed)
        }
    }

    @Test
    func `AsyncHTTPClient makes a server wait for a reader that rests`() async throws {
        try await AdapterHarness.run(.asyncHTTPClient) { harness in
            let length = 20_000_000
            let sent = Watched(0)
            async let response = harness.metered.send(harness.request())
            let connection = try await harness.server.accept()
            _ = try await connection.message(.request)
            let writer = flood(connection, length: length, sent: sent)
            let body = try await response.body
            var last = -1
            while sent.value != last {
                last = sent.value
                await #expect(throws: (any Error).self) {
                    try await Watched(0).wait(for: "nothing", limit: .milliseconds(200)) { $0 == 1 }
                }
            }
            #expect(last < 15_000_000)
            #expect(try await read(body) == length)
            try await writer.value
        }
    }

    #if canImport(FoundationNetworking)
    @Test(arguments: [900_000, 20_000_000])
    func `URLSession on Linux keeps what waits, up to its bound, and then fails the call`(length: Int) async throws {
        let server = try await ScriptedUpstream.start()
        let transport = URLSessionTransport(bufferLength: 1_000_000)
        let isTooLong = length > 1_000_000
        do {
            let sink = CollectingSink()
            let metered = transport.intercepted(by: UsageInterceptor(UsageMeter(sink: sink)))
            async let response = metered.send(.local(server.port, body: Body("{}")))
            let connection = try await server.accept()
            _ = try await connection.message(.request)
            let sent = Watched(0)
            let writer = flood(connection, length: length, sent: sent)
            let body = try await response.body
            if isTooLong {
                // The call ends although nobody reads.
                try await connection.ended()
                #expect(await failure { _ = try await read(body) } == .bodyTooLarge)
                #expect(try await sink.wait(for: 1).map(\.outcome) == [.cut])
            } else {
                try await writer.value
                #expect(try await read(body) == length)
                #expect(try await sink.wait(for: 1).map(\.outcome) == [.completed])
            }
            _ = await writer.result
        }
        transport.shutDown()
        await server.stop()
    }
    #endif

    @Test(arguments: Client.allCases)
    func `A long request goes through little memory`(client: Client) async throws {
        let server = try await ScriptedUpstream.start(
            expectsPattern: true,
            script: { connection in
                try await connection.receive("the body") { $0.patternLength >= 100_000_000 }
                try await connection.send(Answer.json())
            }
        )
        try await AdapterHarness.run(client, server: server) { harness in
            let before = ProcessReading.residentBytes
            let body = Body(PulledBody(length: 100_000_000), length: 100_000_000)
            let response = try await harness.metered.send(harness.request(body: body))
            _ = try await response.body.collect(upTo: 10_000)
            #expect(ProcessReading.residentBytes - before < 80_000_000)
            #expect(server.connections[0].unread.isPattern)
            #expect(try await harness.record().outcome == .completed)
        }
    }
}
