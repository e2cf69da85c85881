import HTTPTypes
import OpenAIUsage

/// Answers that are there already, so that what is measured is the meter and not the network.
enum Canned {
    private static let document = Array(
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
    private static let events = [
        "Hello", "!", " How", " can", " I", " assist", " you", " today", "?", "\\n", " Sure", ",",
    ].map { word in
        Array(
            """
            data: {"id":"chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT","object":"chat.completion.chunk","created":1741569952,\
            "model":"gpt-4o-2024-08-06","service_tier":"default","system_fingerprint":"fp_b376dfbbd5","choices":[\
            {"index":0,"delta":{"content":"\(word)"},"logprobs":null,"finish_reason":null}],"usage":null}\n\n
            """.utf8
        )
    }

    /// A transport that answers with a document, or with a stream of events, one a piece.
    static func transport(chunks: Int?) -> ClosureTransport {
        ClosureTransport { _, _ in
            var fields: HTTPFields = [.contentType: "application/json"]
            fields[HTTPField.Name.requestID] = "req_1"
            guard let chunks else {
                return Response(head: HTTPResponse(status: .ok, headerFields: fields), body: Body(document))
            }
            fields[.contentType] = "text/event-stream; charset=utf-8"
            return Response(
                head: HTTPResponse(status: .ok, headerFields: fields),
                body: Body(Events(events: events, count: chunks))
            )
        }
    }

    private struct Events: AsyncSequence {
        typealias Element = ArraySlice<UInt8>
        typealias Failure = any Error

        let events: [[UInt8]]
        let count: Int

        struct AsyncIterator: AsyncIteratorProtocol {
            let events: [[UInt8]]
            var left: Int

            mutating func next(isolation actor: isolated (any Actor)?) async throws -> ArraySlice<UInt8>? {
                guard left > 0 else { return nil }
                left -= 1
                return events[left % events.count][...]
            }

            mutating func next() async throws -> ArraySlice<UInt8>? { try await next(isolation: nil) }
        }

        func makeAsyncIterator() -> AsyncIterator { AsyncIterator(events: events, left: count) }
    }
}

extension HTTPField.Name {
    fileprivate static let requestID = HTTPField.Name("x-request-id") ?? .contentType
}
