import HTTPTypes
import OpenAIUsage

/// Answers the calls of a soak from memory.
enum SoakMemory {
    static let transport = ClosureTransport { request, _ in
        let call = request.head.headerFields[SoakCall.field].flatMap { SoakCall(rawValue: $0) } ?? .plain
        let body = MemoryBody(bytes: Array(call.body.utf8)) {
            guard !call.hasEnd else { return }
            // Nothing more comes, until the reader is cancelled.
            let (nothing, _) = AsyncStream<Void>.makeStream()
            for await _ in nothing {}
            throw CancellationError()
        }
        var head = HTTPResponse(status: .init(code: call.status))
        head.headerFields[.contentType] = call.isStream ? "text/event-stream" : "application/json"
        return Response(head: head, body: Body(body))
    }
}
