import OpenAIUsage
import OpenAIUsageTestKit
import Testing

@testable import OpenAIUsageGateway

/// Upstreams that are given as the base URL of an SDK, whose version would stand in every path twice.
struct VersionPrefixTests {
    @Test(arguments: [
        ("https://host/v1", "/v1"), ("https://host/v1/", "/v1"), ("https://openrouter.ai/api/v1", "/v1"),
        ("https://host/api/paas/v4", "/v4"), ("https://host/v1beta", "/v1beta"),
        ("https://generativelanguage.googleapis.com/v1beta/openai/", "/v1beta/openai"), ("https://host", ""),
        ("https://host/api", ""), ("https://host/vllm", ""), ("https://host/v", ""), ("https://host/v1x", ""),
        ("https://host/v1/proxy", ""), ("https://host/openai", ""),
    ])
    func theVersionIsKnown(_ url: String, _ version: String) throws {
        #expect(try #require(Upstream(url)).version == version)
    }

    @Test(arguments: [
        ("/v1", "/v1/chat/completions", "/v1/chat/completions"), ("/v1", "/chat/completions", "/v1/chat/completions"),
        ("/v1", "/v1", "/v1"), ("/v1", "/v1?a=b", "/v1?a=b"), ("/v1", "/v1x/y", "/v1/v1x/y"),
        ("/v1", "/v11/y", "/v1/v11/y"),
        ("/api/v1", "/v1/responses", "/api/v1/responses"), ("/api/v1", "/api/v1/responses", "/api/v1/responses"),
        ("/api/paas/v4", "/v1/chat/completions", "/api/paas/v4/chat/completions"),
        ("/api/paas/v4", "/v4/chat/completions", "/api/paas/v4/chat/completions"),
        ("/v1beta/openai", "/v1/chat/completions", "/v1beta/openai/chat/completions"),
        ("/v1beta/openai", "/v1beta/openai/models", "/v1beta/openai/models"),
        ("/api", "/v1/models", "/api/v1/models"), ("", "/v1/models", "/v1/models"),
    ])
    func theVersionIsSentOnce(_ prefix: String, _ target: String, _ expected: String) throws {
        #expect(try #require(Upstream("https://host\(prefix)")).target(target) == expected)
    }

    @Test(arguments: ["/v1/chat/completions", "/chat/completions"], ["/v1", "/api/v1", ""])
    func theCallIsTheClientsOwnPath(_ path: String, _ prefix: String) async throws {
        let upstream = try await ScriptedUpstream.start()
        try await Harness.run(
            upstream: upstream,
            upstreamURL: "http://127.0.0.1:\(upstream.port)\(prefix)"
        ) { harness in
            let client = try await harness.client()
            try await client.send(RawClient.post(path, RequestTransformerTests.asking))
            let connection = try await harness.upstream.accept()
            let request = try await connection.message(.request)
            let expected = prefix.isEmpty ? path : "\(prefix)/chat/completions"
            #expect(request.target == expected && request.text == RequestTransformerTests.asked)
            try await connection.send(DataPlaneTests.ok)
            _ = try await client.response()
            let record = try await harness.recorder.record()
            #expect(record.endpoint.name == "chat.completions" && record.path == path)
        }
    }
}
