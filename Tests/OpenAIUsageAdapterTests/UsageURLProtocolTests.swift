import Foundation
import NIOCore
import OpenAIUsage
import OpenAIUsageTestKit
import OpenAIUsageTestSupport
import Testing

@testable import OpenAIUsageURLSession

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

    // MARK: - Long bodies

    private static let long = 400

    /// Plays a document that comes in pieces, each of which waits for its reader.
    private func play(
        _ connection: RawConnection,
        type: String,
        read: @escaping @Sendable (Int) async throws -> Void
    )
        async throws
    {
        let length = Self.long * 50_000
        try await connection.send("HTTP/1.1 200 OK\r\nContent-Type: \(type)\r\nContent-Length: \(length)\r\n\r\n")
        for number in 0..<Self.long {
            try await connection.send(Pattern.bytes(50_000, from: number * 50_000))
            try await read((number + 1) * 50_000)
        }
    }

    /// A delegate that compares what it is told with the pattern, and keeps nothing.
    private final class Comparer: NSObject, URLSessionDataDelegate {
        struct Heard: Sendable, CustomStringConvertible {
            var count = 0
            var pieces = 0
            var isPattern = true
            var isComplete = false

            var description: String { "\(count) bytes in \(pieces) pieces, pattern \(isPattern)" }
        }

        let heard = Watched(Heard())

        func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
            heard.update {
                $0.isPattern = $0.isPattern && Pattern.matches(ByteBuffer(bytes: data), from: $0.count)
                $0.count += data.count
                $0.pieces += 1
            }
        }

        func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
            heard.update { $0.isComplete = true }
        }
    }

    @Test(arguments: ["application/json", "application/octet-stream", "audio/mpeg"])
    func `A delegate gets a long response that is not a stream piece by piece, through little memory`(
        type: String
    ) async throws {
        let server = try await ScriptedUpstream.start()
        let comparer = Comparer()
        let session = URLSession(configuration: configuration(), delegate: comparer, delegateQueue: nil)
        session.dataTask(with: try request(server.port)).resume()
        let connection = try await server.accept()
        _ = try await connection.message(.request)
        let before = ProcessReading.residentBytes
        try await play(connection, type: type) { count in
            // It has each piece before the next one is sent.
            try await comparer.heard.wait(for: "\(count) bytes") { $0.count >= count }
        }
        let heard = try await comparer.heard.wait(for: "the end") { $0.isComplete }
        #expect(heard.count == Self.long * 50_000 && heard.isPattern && heard.pieces >= Self.long)
        #expect(ProcessReading.residentBytes - before < 15_000_000)
        #expect(try await record().outcome == .completed)
        session.finishTasksAndInvalidate()
        await server.stop()
    }

    @Test
    func `A completion handler in a session with a delegate gets every byte of a stream`() async throws {
        let server = try await ScriptedUpstream.start()
        let listener = Listener()
        let session = URLSession(configuration: configuration(), delegate: listener, delegateQueue: nil)
        let answer = Watched<Data?>(nil)
        session.dataTask(with: try request(server.port)) { data, _, _ in answer.update { $0 = data ?? Data() } }
            .resume()
        let connection = try await server.accept()
        _ = try await connection.message(.request)
        for piece in Self.pieces { try await connection.send(piece) }
        let data = try await answer.wait(for: "the answer") { $0 != nil }
        #expect(data.map { String(decoding: $0, as: UTF8.self) } == Self.text && listener.heard.value.pieces.isEmpty)
        #expect(try await record().usage.totalTokens == 7)
        session.finishTasksAndInvalidate()
        await server.stop()
    }

    /// A stream that tells which threads have read it.
    private final class TracedStream: InputStream {
        let reads: Watched<Int>
        private var left: [UInt8]

        init(_ bytes: [UInt8], _ reads: Watched<Int>) {
            left = bytes
            self.reads = reads
            super.init(data: Data())
        }

        override func open() {}
        override func close() {}
        override var streamStatus: Stream.Status { .open }
        override var hasBytesAvailable: Bool { !left.isEmpty }
        override func read(_ buffer: UnsafeMutablePointer<UInt8>, maxLength length: Int) -> Int {
            let count = min(length, left.count)
            for index in 0..<count { buffer[index] = left[index] }
            left.removeFirst(count)
            reads.update { $0 += count }
            return count
        }
    }

    #if canImport(FoundationNetworking)
    @Test
    func `A body that is a stream is read while it is sent, and metered`() async throws {
        let server = try await ScriptedUpstream.start()
        let reads = Watched(0)
        let session = URLSession(configuration: configuration())
        var traced = try request(server.port, body: nil)
        let body = #"{"model":"gpt-4o","input":""# + String(repeating: "x", count: 20_000_000) + #""}"#
        traced.httpBodyStream = TracedStream(Array(body.utf8), reads)
        let request = traced
        async let answer = session.data(for: request)
        let connection = try await server.accept()
        try await connection.take(through: "\r\n\r\n")
        try await connection.setReading(false)
        // What the server does not take is not read.
        var last = -1
        while reads.value != last {
            last = reads.value
            await #expect(throws: (any Error).self) {
                try await Watched(0).wait(for: "nothing", limit: .milliseconds(200)) { $0 == 1 }
            }
        }
        #expect(last < 15_000_000)
        try await connection.setReading(true)
        try await connection.receive("the end of the chunks") { $0.bytes.suffix(5).elementsEqual("0\r\n\r\n".utf8) }
        try await connection.send(Answer.json())
        #expect(try await answer.0 == Data(Answer.document.utf8) && reads.value == body.utf8.count)
        #expect(try await record().requestModel == "gpt-4o")
        session.finishTasksAndInvalidate()
        await server.stop()
    }

    @Test
    func `A body that is a stream is not sent in part when it would have to be sent again`() async throws {
        let server = try await ScriptedUpstream.start()
        let session = URLSession(configuration: configuration())
        let first = try request(server.port, "GET", body: nil)
        async let answer = session.data(for: first)
        let kept = try await server.accept()
        _ = try await kept.message(.request)
        try await kept.send(Answer.json())
        _ = try await answer
        var second = try request(server.port, body: nil)
        second.httpBodyStream = InputStream(data: Data(#"{"model":"gpt-4o"}"#.utf8))
        let request = second
        async let failing = session.data(for: request)
        _ = try await kept.message(.request)
        await kept.reset()
        do {
            _ = try await failing
            Issue.record("There was a response.")
        } catch {
            #expect(error is URLError)
        }
        #expect(try await sink.wait(for: 2).map(\.outcome) == [.completed, .unreachable])
        session.finishTasksAndInvalidate()
        await server.stop()
    }
    #endif

    @Test
    func `A call that cannot start is told so, and is one record`() async throws {
        let configuration = configuration()
        let type: AnyClass = try #require(configuration.protocolClasses?.first)
        let entry = try #require(MeteredConfigurations.shared.entry(of: type))
        entry.driver.shutDown()
        let listener = Listener()
        let session = URLSession(configuration: configuration, delegate: listener, delegateQueue: nil)
        session.dataTask(with: try request(1)).resume()
        let heard = try await listener.heard.wait(for: "the end") { $0.isComplete }
        #expect(heard.error == .resourceUnavailable && heard.status == nil)
        let request = try request(1)
        await #expect { _ = try await session.data(for: request) } throws: {
            ($0 as? URLError)?.code == .resourceUnavailable
        }
        #expect(try await sink.wait(for: 2).map(\.outcome) == [.unreachable, .unreachable])
        session.finishTasksAndInvalidate()
    }
}
