import HTTPTypes
import OpenAIUsage
import Synchronization

/// What the calls of a test go through: answers in their order, and the requests that were sent.
final class ScriptedTransport: Transport {
    enum Answer: Sendable {
        case response(Int, [(name: String, value: String)], Body)
        case failure(any Error)
    }

    private let state: Mutex<(answers: [Answer], requests: [Request], contexts: [CallContext])>

    init(_ answers: [Answer]) {
        state = Mutex((answers, [], []))
    }

    var requests: [Request] { state.withLock { $0.requests } }
    var contexts: [CallContext] { state.withLock { $0.contexts } }

    func send(_ request: Request, context: CallContext) async throws -> Response {
        var request = request
        // What is sent is read, as a real transport does.
        if let body = request.body { request.body = Body(try await body.collect(upTo: 1 << 24)) }
        let answer = state.withLock { state in
            state.requests.append(request)
            state.contexts.append(context)
            return state.answers.isEmpty ? nil : state.answers.removeFirst()
        }
        switch answer {
        case .response(let status, let fields, let body):
            return Response(head: ObservedCall.head(status, fields), body: body)
        case .failure(let error): throw error
        case nil: throw TransportError(.unreachable, "The script has no more answers.")
        }
    }
}

extension Request {
    static func post(_ path: String, _ body: String, _ fields: [(name: String, value: String)] = []) -> Request {
        Request(
            head: HTTPRequest(
                method: .post,
                scheme: "https",
                authority: "api.openai.com",
                path: path,
                headerFields: ObservedCall.header([("content-type", "application/json")] + fields)
            ),
            body: Body(body)
        )
    }
}
