import Foundation
import OpenAIUsage
import OpenAIUsageTestKit
import OpenAIUsageTestSupport
import OpenAIUsageURLSession
import Testing

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// What a session sees whose configuration is metered, as a library is given one.
struct UsageURLProtocolTests {
    private let sink = CollectingSink()

    /// A delegate that notes what it is told.
    private final class Listener: NSObject, URLSessionDataDelegate {
        struct Heard: Sendable, CustomStringConvertible {
            var status: Int?
            var pieces: [Data] = []
            var isComplete = false
            var error: URLError.Code?

            var description: String { "status \(status ?? 0), \(pieces.count) pieces, complete \(isComplete)" }
        }

        let heard = Watched(Heard())

        func urlSession(
            _ session: URLSession,
            dataTask: URLSessionDataTask,
            didReceive response: URLResponse,
            completionHandler: @escaping @Sendable (URLSession.ResponseDisposition) -> Void
        ) {
            heard.update { $0.status = (response as? HTTPURLResponse)?.statusCode }
            completionHandler(.allow)
        }

        func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
            heard.update { $0.pieces.append(data) }
        }

        func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
            heard.update {
                $0.isComplete = true
                $0.error = (error as? URLError)?.code
            }
        }
    }

    private func configuration(waiting seconds: Double = 300) -> URLSessionConfiguration {
        let configuration = URLSessionConfiguration.ephemeral
        configuration.timeoutIntervalForRequest = seconds
        configuration.httpAdditionalHeaders = ["OpenAI-Project": "proj_1"]
        return configuration.metered(by: UsageMeter(sink: sink))
    }

    private func request(
        _ port: Int,
        _ method: String = "POST",
        body: String? = #"{"model":"gpt-4o"}"#
    ) throws -> URLRequest {
        var request = URLRequest(url: try #require(URL(string: "http://127.0.0.1:\(port)/v1/chat/completions")))
        request.httpMethod = method
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

    private static let pieces = [
        Answer.streamHead, Answer.event(1), Answer.event(2), Answer.usage, Answer.done + Answer.end,
    ]

    private static let text = [Answer.event(1), Answer.event(2), Answer.usage, Answer.done]
        .map { $0.split(separator: "\r\n")[1] }.joined()

    @Test
    func `A data task with a completion handler gets every byte, whatever the pieces`() async throws {
        let server = try await ScriptedUpstream.start()
        let session = URLSession(configuration: configuration())
        let request = try request(server.port)
        async let answer = session.data(for: request)
        let connection = try await server.accept()
        let message = try await connection.message(.request)
        #expect(message.text == #"{"model":"gpt-4o"}"# && message["openai-usage-tags"].isEmpty)
        #expect(message["openai-project"] == ["proj_1"])
        for piece in Self.pieces { try await connection.send(piece) }
        let (data, response) = try await answer
        #expect(String(decoding: data, as: UTF8.self) == Self.text && (response as? HTTPURLResponse)?.statusCode == 200)
        let record = try await record()
        #expect(record.outcome == .completed && record.usage.totalTokens == 7 && record.requestModel == "gpt-4o")
        #expect(record.tags == ["team": "search"] && record.requestedProject == "proj_1")
        session.finishTasksAndInvalidate()
        await server.stop()
    }

    @Test
    func `A delegate gets a stream of events while it comes`() async throws {
        let server = try await ScriptedUpstream.start()
        let listener = Listener()
        let session = URLSession(configuration: configuration(), delegate: listener, delegateQueue: nil)
        session.dataTask(with: try request(server.port)).resume()
        let connection = try await server.accept()
        _ = try await connection.message(.request)
        try await connection.send(Self.pieces[0])
        for number in 1..<Self.pieces.count {
            try await connection.send(Self.pieces[number])
            try await listener.heard.wait(for: "piece \(number)") { $0.pieces.count >= number }
        }
        let heard = try await listener.heard.wait(for: "the end") { $0.isComplete }
        #expect(heard.status == 200 && heard.error == nil)
        #expect(String(decoding: Data(heard.pieces.joined()), as: UTF8.self) == Self.text)
        #expect(try await record().usage.totalTokens == 7)
        session.finishTasksAndInvalidate()
        await server.stop()
    }

    @Test
    func `A delegate gets a document too`() async throws {
        let server = try await ScriptedUpstream.answering(Array(Answer.json().utf8))
        let listener = Listener()
        let session = URLSession(configuration: configuration(), delegate: listener, delegateQueue: nil)
        session.dataTask(with: try request(server.port)).resume()
        let heard = try await listener.heard.wait(for: "the end") { $0.isComplete }
        #expect(heard.pieces == [Data(Answer.document.utf8)] && heard.status == 200)
        #expect(try await record().usage.totalTokens == 7)
        session.finishTasksAndInvalidate()
        await server.stop()
    }

    @Test
    func `A completion handler in a session with a delegate gets a document`() async throws {
        let server = try await ScriptedUpstream.answering(Array(Answer.json().utf8))
        let session = URLSession(configuration: configuration(), delegate: Listener(), delegateQueue: nil)
        let (data, _) = try await session.data(for: try request(server.port))
        #expect(data == Data(Answer.document.utf8))
        #expect(try await record().usage.totalTokens == 7)
        session.finishTasksAndInvalidate()
        await server.stop()
    }

    @Test
    func `An upload task is made, and on Linux not metered`() async throws {
        let server = try await ScriptedUpstream.start()
        let session = URLSession(configuration: configuration())
        var plain = try request(server.port, body: nil)
        plain.setValue(nil, forHTTPHeaderField: "OpenAI-Usage-Tags")
        let request = plain
        async let answer = session.upload(for: request, from: Data("{}".utf8))
        let connection = try await server.accept()
        #expect(try await connection.message(.request).text == "{}")
        try await connection.send(Answer.json())
        #expect(try await answer.0 == Data(Answer.document.utf8))
        #if canImport(FoundationNetworking)
        #expect(sink.records.isEmpty)
        #else
        #expect(try await record().usage.totalTokens == 7)
        #endif
        session.finishTasksAndInvalidate()
        await server.stop()
    }

    #if canImport(FoundationNetworking)
    @Test
    func `A download task fails instead of breaking the process`() async throws {
        let session = URLSession(configuration: configuration())
        let request = try request(1, "GET", body: nil)
        await #expect { _ = try await session.download(for: request) } throws: {
            ($0 as? URLError)?.code == .unsupportedURL
        }
        session.finishTasksAndInvalidate()
    }

    @Test
    func `A task that is suspended goes on, and its request is sent once`() async throws {
        let server = try await ScriptedUpstream.start()
        let listener = Listener()
        let session = URLSession(configuration: configuration(), delegate: listener, delegateQueue: nil)
        let task = session.dataTask(with: try request(server.port))
        task.resume()
        let connection = try await server.accept()
        _ = try await connection.message(.request)
        task.suspend()
        task.resume()
        for piece in Self.pieces { try await connection.send(piece) }
        try await listener.heard.wait(for: "the end") { $0.isComplete }
        #expect(server.acceptedCount == 1)
        #expect(try await record().outcome == .completed)
        session.finishTasksAndInvalidate()
        await server.stop()
    }
    #endif

    enum End: CaseIterable, Sendable { case refused, timeout, cut, cancelledBefore, cancelledInside }

    @Test(arguments: End.allCases)
    func `Every end is the same error and one record`(end: End) async throws {
        let server = try await ScriptedUpstream.start()
        let deaf = try DeafSocket(.refuses)
        let listener = Listener()
        let configuration = configuration(waiting: end == .timeout ? 1 : 300)
        let session = URLSession(configuration: configuration, delegate: listener, delegateQueue: nil)
        let task = session.dataTask(with: try request(end == .refused ? deaf.port : server.port))
        task.resume()
        if end != .refused {
            let connection = try await server.accept()
            _ = try await connection.message(.request)
            switch end {
            case .refused, .timeout: break
            case .cancelledBefore: task.cancel()
            case .cut, .cancelledInside:
                try await connection.send(Answer.streamHead + Answer.event(1))
                try await listener.heard.wait(for: "a piece") { !$0.pieces.isEmpty }
                if end == .cut { await connection.close() } else { task.cancel() }
            }
            if end != .cut, end != .timeout { try await connection.ended() }
        }
        let code = try await listener.heard.wait(for: "the end") { $0.isComplete }.error
        let outcome = try await record().outcome
        switch end {
        case .refused: #expect(code == .cannotConnectToHost && outcome == .unreachable)
        case .timeout: #expect(code == .timedOut && outcome == .timeout)
        case .cut: #expect(code != nil && outcome == .cut)
        case .cancelledBefore, .cancelledInside: #expect(code == .cancelled && outcome == .abandoned)
        }
        session.finishTasksAndInvalidate()
        deaf.close()
        await server.stop()
    }

    @Test
    func `Two metered configurations meter apart`() async throws {
        let server = try await ScriptedUpstream.answering(Array(Answer.json().utf8))
        let sinks = [CollectingSink(), CollectingSink()]
        for (sink, count) in zip(sinks, [1, 2]) {
            let session = URLSession(configuration: .ephemeral.metered(by: UsageMeter(sink: sink)))
            for _ in 0..<count { _ = try await session.data(for: try request(server.port)) }
            session.finishTasksAndInvalidate()
        }
        #expect(try await sinks[0].wait(for: 1).count == 1)
        #expect(try await sinks[1].wait(for: 2).count == 2)
        await server.stop()
    }
}
