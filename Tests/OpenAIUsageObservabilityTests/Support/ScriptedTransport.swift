import HTTPTypes
import OpenAIUsage
import Synchronization
import Tracing

/// What the calls of a test go through: answers in their order, and the requests that were sent.
final class ScriptedTransport: Transport {
    enum Answer: Sendable {
        case response(Int, [(name: String, value: String)], Body)
        case failure(any Error)
    }

    private let state: Mutex<(answers: [Answer], requests: [Request], contexts: [ServiceContext?])>

    init(_ answers: [Answer]) {
        state = Mutex((answers, [], []))
    }

    var requests: [Request] { state.withLock { $0.requests } }
    /// The service context in which each request was sent.
    var contexts: [ServiceContext?] { state.withLock { $0.contexts } }

    func send(_ request: Request, context: CallContext) async throws -> Response {
        var request = request
        // What is sent is read, as a real transport does.
        if let body = request.body { request.body = Body(try await body.collect(upTo: 1 << 24)) }
        let answer = state.withLock { state in
            state.requests.append(request)
            state.contexts.append(ServiceContext.current)
            return state.answers.isEmpty ? nil : state.answers.removeFirst()
        }
        switch answer {
        case .response(let status, let fields, let body):
            return Response(
                head: HTTPResponse(status: .init(code: status), headerFields: HTTPFields(pairs: fields)),
                body: body
            )
        case .failure(let error): throw error
        case nil: throw TransportError(.unreachable, "The script has no more answers.")
        }
    }
}

extension HTTPFields {
    init(pairs: [(name: String, value: String)]) {
        self.init()
        for (name, value) in pairs {
            if let name = HTTPField.Name(name) { append(HTTPField(name: name, value: value)) }
        }
    }

    func value(_ name: String) -> String? { HTTPField.Name(name).flatMap { self[$0] } }
}

extension Request {
    static func post(
        _ path: String,
        _ body: String,
        _ fields: [(name: String, value: String)] = [],
        authority: String = "api.openai.com",
        scheme: String? = "https"
    ) -> Request {
        Request(
            head: HTTPRequest(
                method: .post,
                scheme: scheme,
                authority: authority,
                path: path,
                headerFields: HTTPFields(pairs: [("content-type", "application/json")] + fields)
            ),
            body: Body(body)
        )
    }
}
