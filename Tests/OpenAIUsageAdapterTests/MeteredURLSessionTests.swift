import Foundation
import HTTPTypes
import OpenAIUsage
import OpenAIUsageTestKit
import OpenAIUsageURLSession
import Testing

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// A session that is wrapped in one line answers as before, and each call is a record.
struct MeteredURLSessionTests {
    private let sink = CollectingSink()

    private func session(waiting seconds: Double = 300) -> MeteredURLSession {
        let configuration = URLSessionConfiguration.ephemeral
        configuration.timeoutIntervalForRequest = seconds
        configuration.httpAdditionalHeaders = ["OpenAI-Project": "proj_1", "OpenAI-Usage-Tags": "tier=a", "X-A": "1"]
        let session = URLSession(configuration: configuration)
        defer { session.finishTasksAndInvalidate() }
        return session.metered(by: UsageMeter(sink: sink))
    }

    private func request(_ port: Int, body: String? = #"{"model":"gpt-4o"}"#) throws -> URLRequest {
        var request = URLRequest(url: try #require(URL(string: "http://127.0.0.1:\(port)/v1/chat/completions?a=%20b")))
        request.httpMethod = "POST"
        request.httpBody = body.map { Data($0.utf8) }
        request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        request.setValue("team=search", forHTTPHeaderField: "OpenAI-Usage-Tags")
        return request
    }

    private func record() async throws -> CallRecord {
        let records = try await sink.wait(for: 1)
        #expect(records.count == 1)
        return try #require(records.last)
    }

    @Test
    func `A body that is a stream is metered while it is sent`() async throws {
        let server = try await ScriptedUpstream.start()
        let session = session()
        let body = #"{"model":"gpt-4o","input":""# + String(repeating: "x", count: 1_000_000) + #""}"#
        var streamed = try request(server.port, body: nil)
        streamed.httpBodyStream = InputStream(data: Data(body.utf8))
        let request = streamed
        async let answer = session.data(for: request)
        let connection = try await server.accept()
        #expect(try await connection.message(.request).text == body)
        try await connection.send(Answer.json())
        #expect(try await answer.0 == Data(Answer.document.utf8))
        #expect(try await record().requestModel == "gpt-4o")
        await server.stop()
    }

    @Test(arguments: ["204 No Content\r\n\r\n", "200 OK\r\nContent-Length: 0\r\n\r\n"])
    func `A response without a body that nobody reads is completed`(head: String) async throws {
        let server = try await ScriptedUpstream.start()
        let session = session()
        let request = try request(server.port)
        async let answer = session.bytes(for: request)
        let connection = try await server.accept()
        _ = try await connection.message(.request)
        try await connection.send("HTTP/1.1 \(head)")
        _ = try await answer
        #expect(try await record().outcome == .completed)
        await server.stop()
    }

    @Test(arguments: [false, true])
    func `A response is fetched as a whole`(isUpload: Bool) async throws {
        let server = try await ScriptedUpstream.start()
        let session = session()
        let body = #"{"model":"gpt-4o"}"#
        let request = try request(server.port, body: isUpload ? nil : body)
        async let answer = isUpload ? session.upload(for: request, from: Data(body.utf8)) : session.data(for: request)
        let connection = try await server.accept()
        let message = try await connection.message(.request)
        #expect(message.method == "POST" && message.target == "/v1/chat/completions?a=%20b" && message.text == body)
        #expect(
            message["openai-usage-tags"].isEmpty && message["x-a"] == ["1"] && message["openai-project"] == ["proj_1"]
        )
        try await connection.send(Answer.json())
        let (data, response) = try await answer
        #expect(data == Data(Answer.document.utf8) && (response as? HTTPURLResponse)?.statusCode == 200)
        let record = try await record()
        #expect(record.outcome == .completed && record.usage.totalTokens == 7 && record.requestModel == "gpt-4o")
        #expect(record.tags == ["team": "search"] && record.requestedProject == "proj_1")
        #expect(record.path == "/v1/chat/completions" && record.host == "127.0.0.1")
        await server.stop()
    }

    @Test
    func `A stream streams, with the tags of the task`() async throws {
        let server = try await ScriptedUpstream.start()
        let session = session()
        var request = try request(server.port)
        request.setValue(nil, forHTTPHeaderField: "OpenAI-Usage-Tags")
        let sent = request
        async let answer = withUsageTags(["team": "mine"]) { try await session.bytes(for: sent) }
        let connection = try await server.accept()
        _ = try await connection.message(.request)
        try await connection.send(Answer.streamHead)
        let (body, response) = try await answer
        #expect(response.statusCode == 200)
        var iterator = body.makeAsyncIterator()
        for number in 0..<3 {
            try await connection.send(Answer.event(number))
            let piece = try #require(try await iterator.next())
            #expect(String(decoding: piece, as: UTF8.self).contains("\"content\":\"\(number)\""))
        }
        try await connection.send(Answer.usage + Answer.done + Answer.end)
        while try await iterator.next() != nil {}
        let record = try await record()
        #expect(record.outcome == .completed && record.usage.totalTokens == 7 && record.isStream)
        #expect(record.tags == ["team": "mine", "tier": "a"])
        await server.stop()
    }

    @Test
    func `A redirect is followed`() async throws {
        let server = try await ScriptedUpstream.start()
        let session = session()
        var request = try request(server.port, body: nil)
        request.httpMethod = "GET"
        let sent = request
        async let answer = session.data(for: sent)
        let first = try await server.accept()
        _ = try await first.message(.request)
        try await first.send(Answer.json("{}", status: "302 Found", "Location: /v1/other\r\nConnection: close\r\n"))
        await first.close()
        let second = try await server.accept()
        #expect(try await second.message(.request).target == "/v1/other")
        try await second.send(Answer.json())
        #expect(try await answer.0 == Data(Answer.document.utf8))
        #expect(try await record().outcome == .completed)
        await server.stop()
    }

    enum End: CaseIterable, Sendable {
        case refused, timeout, cut, cancelledBefore, cancelledInside, dropped, unread, brokenOffAtTheEnd
    }

    @Test(arguments: End.allCases)
    func `Every end is URLSession's error and one record`(end: End) async throws {
        let server = try await ScriptedUpstream.start()
        let session = session(waiting: end == .timeout ? 1 : 300)
        let deaf = try DeafSocket(.refuses)
        let request = try request(end == .refused ? deaf.port : server.port)
        let hasRead = Watched(false)
        let task = Task { () -> URLError.Code? in
            do {
                let (body, _) = try await session.bytes(for: request)
                if end == .unread { return nil }
                for try await piece in body {
                    hasRead.update { $0 = true }
                    let isLast = piece.suffix(8).elementsEqual("[DONE]\n\n".utf8)
                    if end == .dropped || end == .brokenOffAtTheEnd && isLast { break }
                }
                return nil
            } catch {
                return (error as? URLError)?.code
            }
        }
        if end != .refused {
            let connection = try await server.accept()
            _ = try await connection.message(.request)
            switch end {
            case .refused, .timeout: break
            case .cancelledBefore: task.cancel()
            case .cut, .cancelledInside, .dropped, .unread:
                try await connection.send(Answer.streamHead + Answer.event(1))
                if end == .cut || end == .cancelledInside { try await hasRead.wait(for: "a piece") { $0 } }
                if end == .cut { await connection.close() }
                if end == .cancelledInside { task.cancel() }
            case .brokenOffAtTheEnd: try await connection.send(Answer.streamHead + Answer.usage + Answer.done)
            }
        }
        let code = await task.value
        let outcome = try await record().outcome
        switch end {
        case .refused: #expect(code == .cannotConnectToHost && outcome == .unreachable)
        case .timeout: #expect(code == .timedOut && outcome == .timeout)
        case .cut: #expect(code != nil && outcome == .cut)
        case .cancelledBefore, .cancelledInside: #expect(code == .cancelled && outcome == .abandoned)
        case .dropped, .unread: #expect(code == nil && outcome == .abandoned)
        case .brokenOffAtTheEnd: #expect(code == nil && outcome == .completed)
        }
        deaf.close()
        await server.stop()
    }
}
