import HTTPTypes
import OpenAIUsage

/// Answers the calls of a soak from memory.
enum SoakMemory {
    static let transport = ClosureTransport { request, _ in
        let call = request.head.headerFields[SoakCall.field].flatMap { SoakCall(rawValue: $0) } ?? .plain
        let (pieces, feed) = AsyncThrowingStream<ArraySlice<UInt8>, any Error>.makeStream()
        feed.yield(Array(call.body.utf8)[...])
        if call.hasEnd { feed.finish() }
        var head = HTTPResponse(status: .init(code: call.status))
        head.headerFields[.contentType] = call.isStream ? "text/event-stream" : "application/json"
        return Response(head: head, body: Body(pieces))
    }
}
