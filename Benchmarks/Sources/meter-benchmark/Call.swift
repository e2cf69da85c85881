import HTTPTypes
import OpenAIUsage
import Synchronization

/// A call as it is metered, over and over.
struct Call {
    let path: String
    var requestType = "application/json"
    var responseType = "application/json"
    var coding: String?

    static let chat = Call(path: "/v1/chat/completions")
    static let chatStream = Call(path: "/v1/chat/completions", responseType: "text/event-stream; charset=utf-8")
    static let zippedChatStream = Call(
        path: "/v1/chat/completions",
        responseType: "text/event-stream; charset=utf-8",
        coding: "gzip"
    )
    static let responsesStream = Call(path: "/v1/responses", responseType: "text/event-stream; charset=utf-8")
    static let embeddings = Call(path: "/v1/embeddings")
    static let images = Call(path: "/v1/images/generations")
    static let transcription = Call(
        path: "/v1/audio/transcriptions",
        requestType: "multipart/form-data; boundary=5d5e4a1f0c8b4a1e9f0d6c7b8a990011"
    )

    /// An exchange of the call; its record goes to the sink.
    func exchange(_ sink: LastRecord) -> Exchange {
        Exchange(
            request: HTTPRequest(
                method: .post,
                scheme: "https",
                authority: "api.openai.com",
                path: path,
                headerFields: [.contentType: requestType]
            ),
            configuration: ExchangeConfiguration(),
            sink: sink
        )
    }

    /// The response's head.
    var head: HTTPResponse {
        var fields: HTTPFields = [.contentType: responseType]
        fields[.contentEncoding] = coding
        return HTTPResponse(status: .ok, headerFields: fields)
    }

    /// Meters one response.
    func meter(response body: Body, _ sink: LastRecord) {
        let exchange = exchange(sink)
        exchange.receive(head: head)
        for read in body.reads { exchange.receive(body: read.span.bytes) }
        exchange.finish(.completed)
    }

    /// Meters one request.
    func meter(request body: Body, _ sink: LastRecord) {
        let exchange = exchange(sink)
        for read in body.reads { exchange.receive(requestBody: read.span.bytes) }
        exchange.finish(.completed)
    }
}

/// A sink that keeps the last record.
final class LastRecord: UsageSink {
    private let state = Mutex<CallRecord?>(nil)

    var record: CallRecord? { state.withLock { $0 } }

    func record(_ record: CallRecord) { state.withLock { $0 = record } }
}
