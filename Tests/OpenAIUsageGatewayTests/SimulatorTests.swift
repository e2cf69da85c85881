import NIOPosix
import OpenAISimulator
import OpenAIUsage
import OpenAIUsageTestKit
import Testing

@testable import OpenAIUsageGateway

/// The same call with and without the gateway between: a client cannot tell which.
struct SimulatorTests {
    static let requests: [(String, String)] = [
        ("/v1/chat/completions", #"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Hi"}]}"#),
        ("/v1/chat/completions", #"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Hi"}],"stream":true}"#),
        (
            "/v1/chat/completions",
            #"{"model":"gpt-4o-mini","messages":[],"stream":true,"stream_options":{"include_usage":true}}"#
        ),
        ("/v1/responses", #"{"model":"gpt-4o-mini","input":"Hi"}"#),
        ("/v1/responses", #"{"model":"gpt-4o-mini","input":"Hi","stream":true}"#),
        ("/v1/embeddings", #"{"model":"text-embedding-3-small","input":"Hi"}"#),
        ("/v1/unknown", #"{}"#),
    ]
    static let directives = [
        "", "split=1", "split=7", "line-end=crlf", "line-end=cr", "status=429; retry-after-ms=50", "status=500",
        "html=502",
        "finish=incomplete", "error-midstream=1", "cut-after-bytes=100", "cut-after-chunks=2", "close=1",
        "status=413; early=1",
        "text-bytes=100000", "no-usage=1", "usage-position=first",
    ]

    /// What a client sees of a response: all but what belongs to the connection.
    private struct Sight: Equatable {
        var message: RawMessage?
        var rest: [UInt8] = []

        init(_ connection: RawConnection) async throws {
            message = try? await connection.message(.response(to: "POST"))
            if message == nil { rest = try await connection.ended().bytes }
            let ofTheConnection: Set<String> = ["connection", "keep-alive", "transfer-encoding"]
            message?.fields.removeAll { ofTheConnection.contains($0.name.lowercased()) }
            message?.chunkSizes = []
            // Where a response is cut, chunks may be cut otherwise.
            if let head = rest.range(of: Array("\r\n\r\n".utf8)) {
                rest = Array(rest[head.upperBound...]).filter { $0 != 0x0d && $0 != 0x0a }
            }
            await connection.close()
        }
    }

    @Test(arguments: requests, directives)
    func theGatewayCannotBeSeen(_ request: (path: String, body: String), _ directive: String) async throws {
        // Two of the same, since the second answer of one is not the first.
        var configuration = SimulatorConfiguration()
        configuration.secondsSinceEpoch = { 1_795_482_751 }
        let simulator = try await Simulator.start(configuration, group: MultiThreadedEventLoopGroup.singleton)
        let other = try await Simulator.start(configuration, group: MultiThreadedEventLoopGroup.singleton)
        let field = directive.isEmpty ? "" : "OpenAI-Simulate: \(directive)\r\n"
        let text = RawClient.post(request.path, request.body, extra: "Authorization: Bearer sk-x\r\n\(field)")
        try await Harness.run(upstreamURL: "http://\(simulator.address)") { harness in
            let direct = try await RawConnection.connect(to: other.port)
            try await direct.send(text)
            let expected = try await Sight(direct)
            let client = try await harness.client()
            try await client.send(text)
            let seen = try await Sight(client.connection)
            let record = try await harness.recorder.record()
            if expected.message == nil, expected.rest.isEmpty {
                // Without the gateway the connection just ends; with it there is word of that.
                #expect(seen.message?.status == 502)
                #expect(record.outcome == .unreachable)
            } else if expected.message == nil {
                #expect(seen.message == nil)
                #expect(record.outcome == .cut || record.outcome == .error || record.outcome == .completed)
            } else {
                #expect(seen.message?.startLine == expected.message?.startLine)
                #expect(seen.message?.fields == expected.message?.fields)
                #expect(seen.message?.text == expected.message?.text)
                #expect(seen.message?.trailers == expected.message?.trailers)
            }
        }
        try await simulator.stop()
        try await other.stop()
    }
}
