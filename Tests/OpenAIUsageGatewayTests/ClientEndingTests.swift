import NIOCore
import OpenAIUsage
import OpenAIUsageTestKit
import Testing

@testable import OpenAIUsageGateway

/// Clients that go away before they have their response.
struct ClientEndingTests {
    /// How a client goes.
    enum Way: String, CaseIterable, Sendable {
        case close, reset
        /// It sends no more, and reads on.
        case halfClose

        /// True if the gateway is told at once; else what it writes brings word of it.
        var isTold: Bool { self == .reset }

        /// How its call may end: a close is told from a half-close by the answer to what is written, if that comes in time.
        var outcomes: [Outcome] {
            switch self {
            case .close: [.clientDisconnected, .completed]
            case .reset: [.clientDisconnected]
            case .halfClose: [.completed]
            }
        }

        func end(_ client: RawClient) async throws {
            switch self {
            case .close: await client.connection.close()
            case .reset: await client.connection.reset()
            case .halfClose: try await client.connection.closeOutput()
            }
        }
    }

    private static let usage = #""usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}"#
    private static let document =
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: \(usage.utf8.count + 2)\r\n\r\n{\(usage)}"
    private static let streamHead =
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"

    private static func chunk(_ text: String) -> String { "\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n" }

    private static let delta = chunk(#"data: {"choices":[{"delta":{"content":"x"}}]}"# + "\n\n")
    private static let last = chunk("data: {\(usage)}\n\n")
    private static let done = chunk("data: [DONE]\n\n")

    @Test(arguments: Way.allCases, ["/v1/chat/completions", "/v1/files"])
    func withinTheRequest(_ way: Way, _ path: String) async throws {
        try await Harness.run { harness in
            let client = try await harness.client()
            try await client.send(
                "POST \(path) HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\nstart"
            )
            try await harness.recorder.wait(for: "the call") { $0.started == 1 }
            var upstream: RawConnection?
            if path == "/v1/files" {
                upstream = try await harness.upstream.accept()
                try await upstream?.take(through: "start")
            }
            try await way.end(client)
            let record = try await harness.recorder.record()
            #expect(record.outcome == .clientDisconnected)
            #expect(record.status == nil)
            try await upstream?.ended()
            // A request that was being collected has not been sent.
            #expect(harness.upstream.acceptedCount == (upstream == nil ? 0 : 1))
        }
    }

    @Test(arguments: Way.allCases, [true, false])
    func beforeTheResponse(_ way: Way, _ isStream: Bool) async throws {
        try await Harness.run { harness in
            let client = try await harness.client()
            try await client.send(RawClient.chat(stream: isStream, includeUsage: isStream ? true : nil))
            let upstream = try await harness.upstream.accept()
            _ = try await upstream.message(.request)
            try await way.end(client)
            if way.isTold { try await harness.untilClientsLeft(0) } else { try await harness.settle(client) }
            // What is generated is billed, so it is read to its end although nobody waits.
            try await upstream.send(
                isStream ? Self.streamHead + Self.delta + Self.last + Self.done + "0\r\n\r\n" : Self.document
            )
            let record = try await harness.recorder.record()
            #expect(way.outcomes.contains(record.outcome))
            #expect(record.status == 200)
            #expect(record.usageState == .reported)
            #expect(record.usage[.outputTokens] == 2)
            guard way == .halfClose else { return }
            let response = try await client.response()
            #expect(response.status == 200 && response.text.contains(Self.usage))
        }
    }

    @Test(arguments: Way.allCases, [true, false])
    func withinTheResponse(_ way: Way, _ isStream: Bool) async throws {
        try await Harness.run { harness in
            let client = try await harness.client()
            try await client.send(RawClient.chat(stream: isStream, includeUsage: isStream ? true : nil))
            let upstream = try await harness.upstream.accept()
            _ = try await upstream.message(.request)
            let response = isStream ? Self.streamHead + Self.delta : String(Self.document.dropLast(20))
            try await upstream.send(response)
            try await client.connection.take(through: isStream ? "\n\n\r\n" : "prompt_tokens")
            try await way.end(client)
            if way.isTold { try await harness.untilClientsLeft(0) } else { try await harness.settle(client) }
            try await upstream.send(isStream ? Self.last + Self.done + "0\r\n\r\n" : String(Self.document.suffix(20)))
            let record = try await harness.recorder.record()
            #expect(way.outcomes.contains(record.outcome))
            #expect(record.usageState == .reported)
            // The connection of a call that was read to its end serves the next.
            let next = try await harness.client()
            try await next.send(RawClient.get())
            _ = try await upstream.message(.request)
            try await upstream.send(DataPlaneTests.ok)
            #expect(try await next.response(to: "GET").status == 200)
            #expect(harness.upstream.acceptedCount == 1)
        }
    }

    @Test(arguments: Way.allCases)
    func behindTheLastEvent(_ way: Way) async throws {
        try await Harness.run { harness in
            let client = try await harness.client()
            try await client.send(RawClient.chat(stream: true, includeUsage: true))
            let upstream = try await harness.upstream.accept()
            _ = try await upstream.message(.request)
            try await upstream.send(Self.streamHead + Self.delta + Self.last + Self.done)
            try await client.connection.take(through: "[DONE]\n\n\r\n")
            try await way.end(client)
            let record = try await harness.recorder.records(1)[0]
            #expect(record.outcome == .completed)
            #expect(record.usageState == .reported)
            try await upstream.send("0\r\n\r\n")
        }
    }

    @Test func aResponsesStreamEndsWithItsTerminalEvent() async throws {
        try await Harness.run { harness in
            let client = try await harness.client()
            try await client.send(RawClient.post("/v1/responses", #"{"model":"m","input":"x","stream":true}"#))
            let upstream = try await harness.upstream.accept()
            _ = try await upstream.message(.request)
            let event = #"{"type":"response.completed","response":{"usage":{"input_tokens":1,"output_tokens":2}}}"#
            try await upstream.send(Self.streamHead + Self.chunk("event: response.completed\ndata: \(event)\n\n"))
            try await client.connection.take(through: "\n\n\r\n")
            await client.connection.close()
            let record = try await harness.recorder.records(1)[0]
            #expect(record.outcome == .completed)
            #expect(record.usage[.outputTokens] == 2)
            try await upstream.send("0\r\n\r\n")
        }
    }

    @Test(arguments: Way.allCases)
    func whileTheEndWaitsForItsRecord(_ way: Way) async throws {
        try await Harness.run(withholdsCommits: true) { harness in
            let client = try await harness.client()
            try await client.send(RawClient.chat())
            let upstream = try await harness.upstream.accept()
            _ = try await upstream.message(.request)
            try await upstream.send(Self.document)
            _ = try await harness.recorder.records(1)
            try await way.end(client)
            if way.isTold { try await harness.recorder.wait(for: "the call to end") { $0.ended == 1 } }
            try await harness.recorder.commitNext()
            #expect(try await harness.recorder.record().usage[.outputTokens] == 2)
        }
    }

    @Test(arguments: Way.allCases)
    func whileTheLastEventWaitsForItsRecord(_ way: Way) async throws {
        try await Harness.run(withholdsCommits: true) { harness in
            let client = try await harness.client()
            try await client.send(RawClient.chat(stream: true, includeUsage: true))
            let upstream = try await harness.upstream.accept()
            _ = try await upstream.message(.request)
            try await upstream.send(Self.streamHead + Self.delta)
            try await client.connection.take(through: "\n\n\r\n")
            try await upstream.send(Self.last + Self.done)
            try await harness.recorder.wait(for: "the interim record") { $0.openRecords.count == 1 }
            try await way.end(client)
            if way.isTold { try await harness.untilClientsLeft(0) } else { try await harness.settle(client) }
            try await upstream.send("0\r\n\r\n")
            // The client has not seen the event, unless it still reads.
            let record = try await harness.recorder.records(1)[0]
            #expect(way.outcomes.contains(record.outcome))
            #expect(record.usageState == .reported)
        }
    }

    @Test func whileItWaitsForAnError() async throws {
        let nobody = try DeafSocket(.refuses)
        defer { nobody.close() }
        try await Harness.run(upstreamURL: "http://127.0.0.1:\(nobody.port)", withholdsCommits: true) { harness in
            let client = try await harness.client()
            try await client.send(RawClient.chat())
            _ = try await harness.recorder.records(1)
            await client.connection.reset()
            #expect(try await harness.recorder.record().outcome == .unreachable)
        }
    }

    @Test func whileThereIsNoConnection() async throws {
        let silent = try DeafSocket(.ignores)
        defer { silent.close() }
        try await Harness.run(
            upstreamURL: "http://127.0.0.1:\(silent.port)",
            configure: { $0.connectTimeoutMilliseconds = 60_000 }
        ) { harness in
            let client = try await harness.client()
            try await client.send(RawClient.chat())
            try await harness.recorder.wait(for: "the call") { $0.started == 1 }
            await client.connection.reset()
            #expect(try await harness.recorder.record().outcome == .clientDisconnected)
        }
    }

    // MARK: - The limit of reading on

    @Test(arguments: [0, 1], [true, false])
    func aStreamIsReadOnForATimeOnly(_ milliseconds: Int64, _ hasHead: Bool) async throws {
        try await Harness.run(configure: { $0.drainMilliseconds = milliseconds }) { harness in
            let client = try await harness.client()
            try await client.send(RawClient.chat(stream: true))
            let upstream = try await harness.upstream.accept()
            _ = try await upstream.message(.request)
            if hasHead {
                try await upstream.send(Self.streamHead + Self.delta)
                try await client.connection.take(through: "\n\n\r\n")
            }
            await client.connection.reset()
            let record = try await harness.recorder.record()
            #expect(record.outcome == .clientDisconnected)
            #expect(record.usageState == (hasHead ? .cut : .missing))
            try await upstream.ended()
        }
    }

    @Test func whatIsNotAStreamIsReadToItsEnd() async throws {
        try await Harness.run(configure: { $0.drainMilliseconds = 0 }) { harness in
            let client = try await harness.client()
            try await client.send(RawClient.chat())
            let upstream = try await harness.upstream.accept()
            _ = try await upstream.message(.request)
            await client.connection.reset()
            try await harness.untilClientsLeft(0)
            try await upstream.send(Self.document)
            let record = try await harness.recorder.record()
            #expect(record.outcome == .clientDisconnected)
            #expect(record.usage[.outputTokens] == 2)
        }
    }

    @Test func readingOnEndsWithTheUpstream() async throws {
        try await Harness.run { harness in
            let client = try await harness.client()
            try await client.send(RawClient.chat(stream: true))
            let upstream = try await harness.upstream.accept()
            _ = try await upstream.message(.request)
            try await upstream.send(Self.streamHead + Self.delta)
            try await client.connection.take(through: "\n\n\r\n")
            await client.connection.reset()
            try await harness.untilClientsLeft(0)
            await upstream.close()
            let record = try await harness.recorder.record()
            #expect(record.usageState == .cut)
        }
    }

    /// A client that reads nothing has stopped the upstream; when it goes, the upstream is read on.
    @Test func aClientThatDoesNotReadAndGoes() async throws {
        try await Harness.run { harness in
            let client = try await harness.client(expectsPattern: true, receiveBuffer: 4_096)
            try await client.send(RawClient.get("/v1/files/x/content"))
            let upstream = try await harness.upstream.accept()
            _ = try await upstream.message(.request)
            let size = 32 << 20
            try await upstream.send("HTTP/1.1 200 OK\r\nContent-Length: \(size)\r\n\r\n")
            try await client.connection.take(through: "\r\n\r\n")
            try await client.connection.setReading(false)
            async let sent: Void = upstream.send(Pattern.bytes(size))
            try await harness.settle(client)
            await client.connection.reset()
            try await sent
            #expect(try await harness.recorder.record().outcome == .clientDisconnected)
        }
    }
}
