import HTTPTypes
import OpenAIUsage

struct PrintingSink: UsageSink {
    func record(_ record: CallRecord) {
        print(record.endpoint, record.outcome, record.usage.totalTokens ?? -1)
    }
}

let exchange = Exchange(
    request: HTTPRequest(method: .post, scheme: "https", authority: "api.openai.com", path: "/v1/chat/completions"),
    configuration: ExchangeConfiguration(),
    sink: PrintingSink()
)
exchange.receive(head: HTTPResponse(status: .ok, headerFields: [.contentType: "application/json"]))
exchange.receive(body: Array(#"{"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}"#.utf8).span.bytes)
exchange.finish(.completed)
