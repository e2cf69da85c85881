#if canImport(FoundationNetworking)
import Foundation
import FoundationNetworking
import NIOCore
import OpenAIUsageTestKit
import Synchronization
import Testing

@testable import class OpenAIUsageURLSession.ImmediateQueue
@testable import enum OpenAIUsageURLSession.TaskObservers

/// What URLSession does on Linux that the adapters have to live with; when one of these fails, a limit has gone.
struct FoundationFactsTests {
    private final class Silence: NSObject, URLSessionDataDelegate {}

    /// Notes whether it is told two things at once.
    private final class Witness: NSObject, URLSessionDataDelegate {
        static let isBusy = Atomic<Bool>(false)
        static let overlaps = Atomic<Int>(0)
        let events = Watched((pieces: 0, ends: 0))

        private func note(_ change: (inout (pieces: Int, ends: Int)) -> Void) {
            if Self.isBusy.exchange(true, ordering: .sequentiallyConsistent) {
                Self.overlaps.add(1, ordering: .relaxed)
            }
            for _ in 0..<1_000 { _ = Self.overlaps.load(ordering: .relaxed) }
            events.update(change)
            Self.isBusy.store(false, ordering: .sequentiallyConsistent)
        }

        func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
            note { $0.pieces += 1 }
        }

        func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
            note { $0.ends += 1 }
        }
    }

    @Test
    func `All sessions work on one queue, on which an immediate queue tells of them`() async throws {
        let server = try await ScriptedUpstream.start(script: { connection in
            _ = try await connection.message(.request)
            try await connection.send(Answer.streamHead)
            for number in 0..<200 { try await connection.send(Answer.event(number)) }
            try await connection.send(Answer.end)
        })
        let url = try #require(URL(string: "http://127.0.0.1:\(server.port)/"))
        let witnesses = (0..<8).map { _ in Witness() }
        for witness in witnesses {
            let session = URLSession(configuration: .ephemeral, delegate: witness, delegateQueue: ImmediateQueue())
            for _ in 0..<3 { session.dataTask(with: url).resume() }
            session.finishTasksAndInvalidate()
        }
        for witness in witnesses {
            let events = try await witness.events.wait(for: "the end of three tasks") { $0.ends == 3 }
            #expect(events.pieces >= 3)
        }
        #expect(Witness.overlaps.load(ordering: .relaxed) == 0)
        await server.stop()
    }

    @Test
    func `A task that is suspended loses its connection, and sends its request again when it is resumed`() async throws
    {
        let server = try await ScriptedUpstream.start()
        let session = URLSession(configuration: .ephemeral, delegate: Silence(), delegateQueue: nil)
        var request = URLRequest(url: try #require(URL(string: "http://127.0.0.1:\(server.port)/v1/responses")))
        request.httpMethod = "POST"
        request.httpBody = Data("{}".utf8)
        let task = session.dataTask(with: request)
        task.resume()
        let first = try await server.accept()
        _ = try await first.message(.request)
        try await first.send(Answer.streamHead + Answer.event(1))
        task.suspend()
        try await first.ended()
        task.resume()
        let second = try await server.accept()
        try await second.take(through: "POST /v1/responses")
        task.cancel()
        try await second.ended()
        session.finishTasksAndInvalidate()
        await server.stop()
    }

    // MARK: - Who is told

    /// Reads whom a task tells where a `URLProtocol` does: on the queue of all sessions.
    private final class Probe: URLProtocol {
        static let found = Watched<[String: TaskObservers]>([:])

        override class func canInit(with request: URLRequest) -> Bool { request.url?.scheme == "probe" }
        override class func canonicalRequest(for request: URLRequest) -> URLRequest { request }

        override func startLoading() {
            let name = request.url?.host ?? ""
            let audience = task.map { TaskObservers(of: $0) }
            Self.found.update { $0[name] = audience }
            client?.urlProtocol(self, didFailWithError: URLError(.cancelled))
        }

        override func stopLoading() {}
    }

    @Test
    func `Whom a task tells is found in Foundation's own properties`() async throws {
        let configuration = URLSessionConfiguration.ephemeral
        configuration.protocolClasses = [Probe.self]
        let told = URLSession(configuration: configuration, delegate: Silence(), delegateQueue: nil)
        let untold = URLSession(configuration: configuration)
        func url(_ name: String) throws -> URL { try #require(URL(string: "probe://\(name)/")) }
        told.dataTask(with: try url("delegate")).resume()
        told.dataTask(with: try url("handler")) { _, _, _ in }.resume()
        untold.dataTask(with: try url("plain-handler")) { _, _, _ in }.resume()
        untold.dataTask(with: try url("nobody")).resume()
        let asyncURL = try url("async")
        _ = try? await told.data(from: asyncURL)
        let ownURL = try url("own-delegate")
        _ = try? await untold.data(from: ownURL, delegate: Silence())
        let found = try await Probe.found.wait(for: "six tasks") { $0.count == 6 }
        #expect(
            found == [
                "delegate": .delegate, "nobody": .delegate, "handler": .completionHandler,
                "plain-handler": .completionHandler, "async": .completionHandler, "own-delegate": .completionHandler,
            ],
            "Foundation has changed: UsageURLProtocol collects responses for delegates, or breaks them for handlers."
        )
        told.finishTasksAndInvalidate()
        untold.finishTasksAndInvalidate()
    }

    // MARK: - Bodies of requests

    /// A stream that has nothing for now, and says so.
    private final class PausingStream: InputStream {
        private var pieces = ["one", "two"]
        private var isPausing = false

        init() { super.init(data: Data()) }

        override func open() {}
        override func close() {}
        override var streamStatus: Stream.Status { .open }
        override var hasBytesAvailable: Bool {
            defer { isPausing.toggle() }
            return !isPausing && !pieces.isEmpty
        }

        override func read(_ buffer: UnsafeMutablePointer<UInt8>, maxLength length: Int) -> Int {
            let piece = Array(pieces.removeFirst().utf8)
            for (index, byte) in piece.enumerated() { buffer[index] = byte }
            return piece.count
        }
    }

    private func message(of stream: InputStream, _ fields: [String: String]) async throws -> String {
        let server = try await ScriptedUpstream.start()
        let session = URLSession(configuration: .ephemeral, delegate: Silence(), delegateQueue: nil)
        var request = URLRequest(url: try #require(URL(string: "http://127.0.0.1:\(server.port)/")))
        request.httpMethod = "POST"
        request.httpBodyStream = stream
        for (name, value) in fields { request.setValue(value, forHTTPHeaderField: name) }
        let task = session.dataTask(with: request)
        task.resume()
        let connection = try await server.accept()
        try await connection.take(through: "POST / ")
        let text = try await connection.take(through: "\r\n0\r\n\r\n")
        task.cancel()
        try await connection.ended()
        session.finishTasksAndInvalidate()
        await server.stop()
        return text
    }

    @Test
    func `A stream that has nothing for now is taken to be at its end, so that it has to block`() async throws {
        #expect(try await message(of: PausingStream(), [:]).hasSuffix("\r\n3\r\none\r\n0\r\n\r\n"))
    }

    @Test
    func `A stream with a length is sent in chunks beside it, and called a form`() async throws {
        let stream = InputStream(data: Data("abc".utf8))
        let text = try await message(of: stream, ["Content-Length": "3"]).lowercased()
        #expect(text.contains("content-length: 3\r\n") && text.contains("transfer-encoding: chunked\r\n"))
        #expect(text.contains("content-type:application/x-www-form-urlencoded\r\n"))
    }

    @Test
    func `A request that has to be sent again is sent without its body`() async throws {
        let server = try await ScriptedUpstream.start()
        let session = URLSession(configuration: .ephemeral, delegate: Silence(), delegateQueue: nil)
        let url = try #require(URL(string: "http://127.0.0.1:\(server.port)/"))
        async let first = session.data(from: url)
        let kept = try await server.accept()
        _ = try await kept.message(.request)
        try await kept.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        _ = try await first
        var request = URLRequest(url: url)
        request.httpMethod = "POST"
        let task = session.uploadTask(with: request, from: Data("prompt".utf8))
        task.resume()
        _ = try await kept.message(.request)
        await kept.reset()
        let other = try await server.accept()
        let text = try await other.take(through: "\r\n\r\n")
        #expect(text.lowercased().contains("content-length: 6\r\n"))
        // The server waits for a body that does not come.
        await #expect(throws: (any Error).self) {
            try await Watched(0).wait(for: "nothing", limit: .milliseconds(300)) { $0 == 1 }
        }
        #expect(other.unread.bytes.isEmpty)
        task.cancel()
        session.finishTasksAndInvalidate()
        await server.stop()
    }
}
#endif
