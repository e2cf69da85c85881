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

/// The article on wrapping a client says what compiles, and what it says works.
struct WrappingArticleTests {
    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The lines of a text without their indentation.
    private static func lines(_ text: some StringProtocol) -> [String] {
        text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }

    @Test
    func `Every sample stands in a file that is compiled`() throws {
        let article = try String(
            contentsOf: Self.root.appending(path: "Sources/OpenAIUsage/Documentation.docc/WrappingYourClient.md"),
            encoding: .utf8
        )
        let samples = article.components(separatedBy: "```swift\n").dropFirst().compactMap {
            $0.components(separatedBy: "```").first
        }
        let compiled = try ["WrappingSamples", "UsageClientMiddleware", "UsageMiddlewareTests"].map { name in
            let file = Self.root.appending(path: "Tests/OpenAIUsageAdapterTests/\(name).swift")
            return Self.lines(try String(contentsOf: file, encoding: .utf8)).joined(separator: "\n")
        }
        #expect(samples.count == 10)
        for sample in samples {
            let text = Self.lines(sample).joined(separator: "\n")
            #expect(compiled.contains { $0.contains(text) }, "\(sample)")
        }
    }

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
