import HTTPTypes
import OpenAIUsage

/// Calls that are answered from memory.
enum MeteredCalls {
    static let request = Request(
        head: HTTPRequest(
            method: .post,
            scheme: "https",
            authority: "api.openai.com",
            path: "/v1/chat/completions",
            headerFields: [.contentType: "application/json", .authorization: "Bearer sk-proj-secretsecretWXYZ"]
        ),
        body: Body(#"{"model":"gpt-4o","messages":[{"role":"user","content":"a prompt"}]}"#)
    )
    private static let document = """
        {"id":"chatcmpl-1","model":"gpt-4o-2024-08-06","choices":[{"message":{"content":"a completion"}}],\
        "usage":{"prompt_tokens":1000,"completion_tokens":100,"total_tokens":1100}}
        """

    /// A transport whose calls are metered, and answered with 1,000 tokens of input and 100 of output.
    static func transport(_ meter: UsageMeter) -> some Transport {
        ClosureTransport { _, _ in
            Response(
                head: HTTPResponse(status: .ok, headerFields: [.contentType: "application/json"]),
                body: Body(document)
            )
        }.intercepted(by: UsageInterceptor(meter))
    }

    /// Makes a call and reads its body.
    static func make(_ meter: UsageMeter) async throws {
        _ = try await transport(meter).send(request).body.collect(upTo: 10_000)
    }
}
