import OpenAIUsage
import OpenAIUsageTestSupport

/// A call with everything in it, and what must never be told of it.
enum Sample {
    static let prompt = "PROMPT-4711"
    static let completion = "COMPLETION-4712"
    static let key = "sk-proj-KEY4713abcdefghijklmnop"
    static let tag = "TAG-4714"
    static let query = "QUERY-4715"
    static let errorText = "MESSAGE-4716"
    /// What may stand in no span, line or metric.
    static let secrets = [prompt, completion, "KEY4713", query, errorText]

    static let json: [(name: String, value: String)] = [
        ("content-type", "application/json"), ("x-request-id", "req_1"), ("openai-processing-ms", "250"),
        ("openai-project", "proj_a"),
    ]
    static let events: [(name: String, value: String)] = [
        ("content-type", "text/event-stream"), ("x-request-id", "req_2"),
    ]

    static let document = """
        {"id":"chatcmpl-1","object":"chat.completion","model":"gpt-4o-2024-08-06","service_tier":"default",\
        "choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"\(completion)"}}],\
        "usage":{"prompt_tokens":30,"completion_tokens":40,"total_tokens":70,\
        "prompt_tokens_details":{"cached_tokens":20},"completion_tokens_details":{"reasoning_tokens":10}}}
        """

    static let chunks = [
        #"data: {"id":"chatcmpl-2","model":"gpt-4o-2024-08-06","choices":[{"index":0,"delta":{"content":"\#(completion)"}}]}"#
            + "\n\n",
        #"data: {"id":"chatcmpl-2","model":"gpt-4o-2024-08-06","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}"#
            + "\n\n",
        "data: [DONE]\n\n",
    ]

    static let error = """
        {"error":{"message":"\(errorText): \(key)","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}
        """

    static func request(
        stream: Bool = false,
        _ fields: [(name: String, value: String)] = [],
        authority: String = "api.openai.com"
    ) -> Request {
        .post(
            "/v1/chat/completions?debug=\(query)",
            #"{"model":"gpt-4o","service_tier":"flex","stream":\#(stream),"messages":[{"role":"user","content":"\#(prompt)"}]}"#,
            [
                ("authorization", "Bearer \(key)"), ("api-key", key), ("X-Client-Request-Id", "mine-1"),
                ("OpenAI-Usage-Tags", "team=\(tag)"),
            ] + fields,
            authority: authority
        )
    }

    static func answer(_ status: Int = 200) -> ScriptedTransport.Answer {
        .response(status, json, Body(status < 400 ? document : error))
    }

    static func stream(failure: (any Error)? = nil) -> ScriptedTransport.Answer {
        .response(200, events, Body(PieceStream(failure == nil ? chunks : [chunks[0]], failure: failure)))
    }

    /// Errors that end a call, with the outcome before the head and the one inside the body.
    static let failures: [(error: any Error, head: Outcome, body: Outcome)] = [
        (TransportError(.unreachable, errorText), .unreachable, .cut),
        (TransportError(.timeout, errorText), .timeout, .timeout),
        (TransportError(.connectionLost, errorText), .unreachable, .cut),
        (TransportError(.cancelled, errorText), .abandoned, .abandoned), (CancellationError(), .abandoned, .abandoned),
    ]
}

extension Response {
    /// Reads the body to its end.
    @discardableResult
    func read() async throws -> String {
        String(decoding: try await body.collect(upTo: 1 << 20), as: UTF8.self)
    }
}
