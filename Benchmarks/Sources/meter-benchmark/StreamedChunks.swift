import HTTPTypes
import OpenAIUsage

/// One streamed call of many chunks, through the chain.
struct StreamedChunks {
    private struct Nowhere: UsageSink {
        func record(_ record: CallRecord) {}
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

    private static let events = ["Hello", "!", " How", " can", " I", " help", " you", " today", "?"].map { word in
        Array(
            """
            data: {"id":"chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT","object":"chat.completion.chunk","created":1741569952,\
            "model":"gpt-4o-2024-08-06","service_tier":"default","system_fingerprint":"fp_b376dfbbd5","choices":[\
            {"index":0,"delta":{"content":"\(word)"},"logprobs":null,"finish_reason":null}],"usage":null}\n\n
            """.utf8
        )
    }

    let count: Int
    let isMetered: Bool

    func run() async {
        let count = count
        let base = ClosureTransport { _, _ in
            Response(
                head: HTTPResponse(status: .ok, headerFields: [.contentType: "text/event-stream"]),
                body: OpenAIUsage.Body(Events(events: Self.events, count: count))
            )
        }
        let meter = UsageMeter(sink: Nowhere())
        let transport: any Transport = isMetered ? base.intercepted(by: UsageInterceptor(meter)) : base
        let request = Request(
            head: HTTPRequest(method: .post, scheme: "https", authority: "api.openai.com", path: "/v1/chat/completions")
        )
        do {
            for try await piece in try await transport.send(request).body where piece.isEmpty {
                stop("An empty piece.")
            }
        } catch {
            stop("The call failed: \(error)")
        }
    }
}
