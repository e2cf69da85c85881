#if canImport(FoundationNetworking)
import Foundation
import FoundationNetworking
import OpenAIUsageTestKit
import Synchronization
import Testing

@testable import class OpenAIUsageURLSession.ImmediateQueue

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
}
#endif
