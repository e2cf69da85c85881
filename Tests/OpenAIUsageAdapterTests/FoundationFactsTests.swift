#if canImport(FoundationNetworking)
import Foundation
import FoundationNetworking
import OpenAIUsageTestKit
import Testing

/// What URLSession does on Linux that the adapters have to live with; when one of these fails, a limit has gone.
struct FoundationFactsTests {
    private final class Silence: NSObject, URLSessionDataDelegate {}

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
