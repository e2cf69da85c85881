import AsyncHTTPClient
import Foundation
import HTTPTypes
import NIOHTTP1
import OpenAIUsage
import OpenAIUsageTestKit
import OpenAIUsageURLSession
import Testing

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// What the article on wrapping a client says works.
struct WrappingArticleTests {
    @Test
    func `Every sample works`() async throws {
        let server = try await ScriptedUpstream.answering(Array(Answer.json().utf8))
        let client = HTTPClient()
        let sink = CollectingSink()
        let meter = UsageMeter(sink: sink)
        let url = try #require(URL(string: "http://127.0.0.1:\(server.port)/v1/chat/completions"))
        var request = URLRequest(url: url)
        request.httpMethod = "POST"
        request.httpBody = Data("{}".utf8)
        var plain = HTTPClientRequest(url: url.absoluteString)
        plain.method = .POST
        let chained = Request.local(server.port, body: Body("{}"))
        _ = try await WrappingSamples.chainOnURLSession(meter, chained).body.collect(upTo: 10_000)
        _ = try await WrappingSamples.chainOnAsyncHTTPClient(meter, client, chained).body.collect(upTo: 10_000)
        _ = try await WrappingSamples.session(meter, request)
        _ = try await WrappingSamples.streamingSession(URLSession.shared.metered(by: meter), request)
        _ = try await WrappingSamples.asyncHTTPClient(meter, client, plain)
        _ = try await WrappingSamples.configuration(meter, request)
        #expect(WrappingSamples.middleware(meter).openCalls == 0)
        #expect(WrappingSamples.client(meter, url, 0).middlewares.count == 1)
        let records = try await sink.wait(for: 6)
        #expect(records.count == 6 && records.allSatisfy { $0.outcome == .completed && $0.usage.totalTokens == 7 })
        try await client.shutdown()
        await server.stop()
    }
}
