import AsyncHTTPClient
import Foundation
import HTTPTypes
import NIOCore
import NIOHTTP1
import OpenAIUsage
import OpenAIUsageAsyncHTTPClient
import OpenAIUsageTestKit
import Testing

@testable import struct OpenAIUsageAsyncHTTPClient.SentBody

/// A client that is wrapped in one line answers as before, and each call is a record.
struct MeteredHTTPClientTests {
    private let sink = CollectingSink()

    private func withClient(
        decoding: Bool = false,
        waiting seconds: Int64 = 300,
        _ body: (MeteredHTTPClient, ScriptedUpstream) async throws -> Void
    ) async throws {
        let server = try await ScriptedUpstream.start()
        // The one of the shared client decodes.
        var configuration = decoding ? HTTPClient.Configuration.singletonConfiguration : HTTPClient.Configuration()
        configuration.timeout.read = .seconds(seconds)
        configuration.connectionPool.retryConnectionEstablishment = false
        let client = HTTPClient(configuration: configuration)
        do {
            try await body(client.metered(by: UsageMeter(sink: sink), isDecoding: decoding), server)
        } catch {
            try? await client.shutdown()
            await server.stop()
            throw error
        }
        try await client.shutdown()
        await server.stop()
    }

    private func request(_ port: Int, _ body: HTTPClientRequest.Body?) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)/v1/chat/completions?a=b#c")
        request.method = .POST
        request.headers = [
            "Content-Type": "application/json", "OpenAI-Usage-Tags": "team=search", "OpenAI-Project": "proj_1",
        ]
        request.body = body
        return request
    }

    private func record() async throws -> CallRecord {
        let records = try await sink.wait(for: 1)
        #expect(records.count == 1)
        return try #require(records.last)
    }

    enum Content: CaseIterable, Sendable {
        case buffer, bytes, knownStream, unknownStream

        static let text = #"{"model":"gpt-4o"}"#

        var body: HTTPClientRequest.Body {
            let stream = SentBody(base: Body(Self.text))
            return switch self {
            case .buffer: .bytes(ByteBuffer(string: Self.text))
            case .bytes: .bytes(Array(Self.text.utf8))
            case .knownStream: .stream(stream, length: .known(Int64(Self.text.utf8.count)))
            case .unknownStream: .stream(stream, length: .unknown)
            }
        }
    }

    @Test(arguments: Content.allCases)
    func `A request is sent as it is, and seen`(content: Content) async throws {
        try await withClient { client, server in
            async let answer = client.execute(request(server.port, content.body), timeout: .seconds(60))
            let connection = try await server.accept()
            let message = try await connection.message(.request)
            #expect(message.text == Content.text && message["openai-usage-tags"].isEmpty)
            #expect(message.framing == (content == .unknownStream ? .chunked : .length))
            try await connection.send(Answer.json())
            let response = try await answer
            #expect(response.status == .ok && response.headers["content-type"] == ["application/json"])
            #expect(response.history.count == 1)
            #expect(String(buffer: try await response.body.collect(upTo: 10_000)) == Answer.document)
            let record = try await record()
            #expect(record.outcome == .completed && record.usage.totalTokens == 7 && record.requestModel == "gpt-4o")
            #expect(record.tags == ["team": "search"] && record.requestedProject == "proj_1")
            #expect(record.host == "127.0.0.1" && record.path == "/v1/chat/completions")
        }
    }

    @Test
    func `A client that decodes is metered`() async throws {
        try await withClient(decoding: true) { client, server in
            async let answer = client.execute(request(server.port, nil), timeout: .seconds(60))
            let connection = try await server.accept()
            _ = try await connection.message(.request)
            let encoded = CallTests.gzippedBytes
            try await connection.send(
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\n"
                    + "Content-Length: \(encoded.count)\r\n\r\n"
            )
            try await connection.send(encoded)
            #expect(String(buffer: try await answer.body.collect(upTo: 10_000)) == Answer.document)
            #expect(try await record().usage.totalTokens == 7)
        }
    }

    @Test
    func `A server waits while nobody reads`() async throws {
        try await withClient { client, server in
            async let answer = client.execute(request(server.port, nil), timeout: .seconds(60))
            let connection = try await server.accept()
            _ = try await connection.message(.request)
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 20000000\r\n\r\n")
            let sent = Watched(0)
            let writer = Task {
                for piece in 0..<200 {
                    try await connection.send(Pattern.bytes(100_000, from: piece * 100_000))
                    sent.update { $0 += 100_000 }
                }
            }
            let response = try await answer
            // What fits into the system's buffers gets away; then the writer stands still.
            var last = -1
            while sent.value != last {
                last = sent.value
                await #expect(throws: (any Error).self) {
                    try await Watched(0).wait(for: "nothing", limit: .milliseconds(200)) { $0 == 1 }
                }
            }
            #expect(last < 15_000_000)
            var received = 0
            for try await buffer in response.body {
                #expect(Pattern.matches(buffer, from: received))
                received += buffer.readableBytes
            }
            #expect(received == 20_000_000)
            try await writer.value
            #expect(try await record().outcome == .completed)
        }
    }

    enum End: CaseIterable, Sendable {
        case refused, timeout, cut, cancelledBefore, cancelledInside, dropped, unread, brokenOffAtTheEnd, deadline
    }

    @Test(arguments: End.allCases)
    func `Every end is one record`(end: End) async throws {
        let deaf = try DeafSocket(.refuses)
        try await withClient(waiting: end == .timeout ? 1 : 300) { client, server in
            let request = request(end == .refused ? deaf.port : server.port, .bytes(Array("{}".utf8)))
            let hasRead = Watched(false)
            let task = Task { () -> (any Error)? in
                do {
                    let timeout = end == .deadline ? TimeAmount.milliseconds(500) : .seconds(60)
                    let response = try await client.execute(request, timeout: timeout)
                    if end == .unread { return nil }
                    for try await buffer in response.body {
                        hasRead.update { $0 = true }
                        if end == .dropped || end == .brokenOffAtTheEnd && String(buffer: buffer).contains("[DONE]") {
                            break
                        }
                    }
                    return nil
                } catch {
                    return error
                }
            }
            if end != .refused {
                let connection = try await server.accept()
                _ = try await connection.message(.request)
                switch end {
                case .refused, .timeout, .deadline: break
                case .cancelledBefore: task.cancel()
                case .cut, .cancelledInside, .dropped, .unread:
                    try await connection.send(Answer.streamHead + Answer.event(1))
                    if end == .cut || end == .cancelledInside { try await hasRead.wait(for: "a piece") { $0 } }
                    if end == .cut { await connection.close() }
                    if end == .cancelledInside { task.cancel() }
                case .brokenOffAtTheEnd: try await connection.send(Answer.streamHead + Answer.usage + Answer.done)
                }
            }
            let error = await task.value
            let outcome = try await record().outcome
            switch end {
            case .refused: #expect(error != nil && outcome == .unreachable)
            case .timeout: #expect((error as? HTTPClientError) == .readTimeout && outcome == .timeout)
            case .deadline: #expect((error as? HTTPClientError) == .deadlineExceeded && outcome == .timeout)
            case .cut: #expect(error != nil && outcome == .cut)
            case .cancelledBefore: #expect(error is CancellationError && outcome == .abandoned)
            case .cancelledInside: #expect(outcome == .abandoned)
            case .dropped, .unread: #expect(error == nil && outcome == .abandoned)
            case .brokenOffAtTheEnd: #expect(error == nil && outcome == .completed)
            }
        }
        deaf.close()
    }

    @Test
    func `Of redirects only the last response is seen`() async throws {
        try await withClient { client, server in
            let request = request(server.port, .bytes(Array(Content.text.utf8)))
            async let answer = client.execute(request, timeout: .seconds(60))
            let first = try await server.accept()
            _ = try await first.message(.request)
            let fields = "Location: /v1/other\r\nConnection: close\r\n"
            try await first.send(Answer.json("{}", status: "307 Temporary Redirect", fields))
            await first.close()
            let second = try await server.accept()
            let message = try await second.message(.request)
            #expect(message.target == "/v1/other" && message.text == Content.text)
            try await second.send(Answer.json())
            let response = try await answer
            #expect(response.history.count == 2)
            _ = try await response.body.collect(upTo: 10_000)
            #expect(try await record().usage.totalTokens == 7)
        }
    }
}
