import HTTPTypes
import OpenAIUsage

/// Plain calls, one after the other, each with a record of its own: what a call costs beside its bytes.
struct PlainCalls {
    private struct Nowhere: UsageSink {
        func record(_ record: CallRecord) {}
    }

    private static let request = Array(
        """
        {"model":"gpt-4o","messages":[{"role":"developer","content":"You are a helpful assistant."},\
        {"role":"user","content":"Hello!"}]}
        """.utf8
    )
    private static let response = Array(
        """
        {"id":"chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT","object":"chat.completion","created":1741569952,\
        "model":"gpt-4o-2024-08-06","choices":[{"index":0,"message":{"role":"assistant","content":\
        "Hello! How can I assist you today?","refusal":null,"annotations":[]},"logprobs":null,\
        "finish_reason":"stop"}],"usage":{"prompt_tokens":19,"completion_tokens":10,"total_tokens":29,\
        "prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},"completion_tokens_details":\
        {"reasoning_tokens":0,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}},\
        "service_tier":"default","system_fingerprint":"fp_b376dfbbd5"}
        """.utf8
    )

    let count: Int

    func run() {
        let meter = UsageMeter(sink: Nowhere())
        let head = HTTPRequest(
            method: .post,
            scheme: "https",
            authority: "api.openai.com",
            path: "/v1/chat/completions",
            headerFields: [.contentType: "application/json", .authorization: "Bearer sk-benchmark"]
        )
        let answer = HTTPResponse(status: .ok, headerFields: [.contentType: "application/json"])
        for _ in 0..<count {
            let exchange = meter.exchange(for: head)
            exchange.receive(requestBody: Self.request.span.bytes)
            exchange.receive(head: answer)
            exchange.receive(body: Self.response.span.bytes)
            exchange.finish(.completed)
        }
    }
}
