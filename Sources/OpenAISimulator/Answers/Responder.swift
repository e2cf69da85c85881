import NIOHTTP1
import Synchronization

/// The part of the simulator that decides on answers, without any I/O.
final class Responder: Sendable {
    let configuration: SimulatorConfiguration
    let store = ResponseStore()
    let bills = BillingStore()
    private let attempts = Atomic<UInt64>(0)

    /// Creates a responder with a configuration.
    init(_ configuration: SimulatorConfiguration) {
        self.configuration = configuration
    }

    /// Answers a request; the answer takes the processing time that it reports.
    func reply(to request: ReceivedRequest) -> Reply {
        var reply = content(for: request)
        if reply.head.tellsProcessing { reply.delivery.delayMilliseconds += reply.head.processingMilliseconds }
        return reply
    }

    private func content(for request: ReceivedRequest) -> Reply {
        let number = attempts.wrappingAdd(1, ordering: .relaxed).newValue
        var head = head(for: request, number: number)
        let values = request.head.headers[SimulationDirectives.headerName]
        guard !values.isEmpty else {
            return answer(request, head: head, number: number, directives: SimulationDirectives())
        }
        do throws(DirectiveError) {
            let directives = try SimulationDirectives(values)
            if let identity = directives.idNumber { head = self.head(for: request, number: UInt64(identity)) }
            if let milliseconds = directives.processingMilliseconds { head.processingMilliseconds = milliseconds }
            var reply = answer(request, head: head, number: number, directives: directives)
            reply.delivery = Reply.Delivery(directives)
            return reply
        } catch {
            return refusal(of: error, head: head, number: number)
        }
    }

    /// Answers a request that is not, or cannot be, read to its end.
    func reply(toUnreadable request: ReceivedRequest, because error: APIError) -> Reply {
        let number = attempts.wrappingAdd(1, ordering: .relaxed).newValue
        var head = head(for: request, number: number)
        head.processingMilliseconds = 0
        var reply = failure(error, head: head, number: number)
        reply.delivery.closes = true
        return reply
    }

    /// True if a request is answered as soon as its head has arrived.
    static func answersEarly(_ request: ReceivedRequest) -> Bool {
        let values = request.head.headers[SimulationDirectives.headerName]
        guard !values.isEmpty, let directives = try? SimulationDirectives(values) else { return false }
        return directives.answersEarly && directives.fails(attempt: request.attempt)
    }

    private func head(for request: ReceivedRequest, number: UInt64) -> ResponseHead {
        let requestID = RequestID(seed: configuration.seed, number: number)
        let headers = request.head.headers
        return ResponseHead(
            status: 200,
            requestID: requestID,
            organization: headers.first(name: "openai-organization") ?? configuration.organization,
            project: headers.first(name: "openai-project") ?? configuration.project,
            processingMilliseconds: requestID.number(in: configuration.processingMilliseconds)
        )
    }

    private func answer(
        _ request: ReceivedRequest,
        head: ResponseHead,
        number: UInt64,
        directives: SimulationDirectives
    ) -> Reply {
        var head = head
        let route = Route(method: request.head.method, path: request.path)
        if directives.fails(attempt: request.attempt) {
            return injectedFailure(request, route: route, head: head, number: number, directives: directives)
        }
        guard request.key != nil else {
            let error = APIError.invalidRequest("Missing bearer authentication in header.", status: 401)
            return failure(error, head: head, number: number)
        }
        do throws(Rejection) {
            let body = try body(for: request, route: route, head: &head, directives: directives)
            return Reply(number: number, head: head, body: body)
        } catch {
            switch error {
            case .api(let error): return failure(error, head: head, number: number)
            case .directive(let error): return refusal(of: error, head: head, number: number)
            }
        }
    }

    /// The reason why a well-formed HTTP request fails.
    enum Rejection: Error {
        case api(APIError)
        case directive(DirectiveError)
    }

    private func body(
        for request: ReceivedRequest,
        route: Route,
        head: inout ResponseHead,
        directives: SimulationDirectives
    ) throws(Rejection) -> ReplyBody {
        switch route {
        case .listModels:
            head.origin = .apiWithoutProject
            return ModelList.all()
        case .retrieveModel(let name):
            head.origin = .apiWithoutProject
            guard let model = ModelCatalog.model(named: name) else { throw .api(.unknownModel(name)) }
            return ModelList.one(model)
        case .retrieveResponse(let id):
            return try retrieve(id, request, head: &head, directives: directives)
        case .deleteResponse(let id):
            guard store.remove(id: id) else { throw .api(unknownResponse(id)) }
            return .json { writer in
                writer.member("id", id)
                writer.member("object", "response")
                writer.member("deleted", json: "true")
            }
        case .admin(let resource):
            head.origin = .apiWithoutProject
            return try adminAnswer(resource, request, head: &head)
        case .unknown:
            throw .api(.invalidRequest("Invalid URL (\(request.methodName) \(request.path))", status: 404))
        case .wrongMethod:
            throw .api(
                .invalidRequest("\(request.path) has no method \(request.methodName).", status: 405)
            )
        case .chatCompletions, .completions, .createResponse, .embeddings, .moderations:
            return try create(request, route: route, head: &head, directives: directives)
        }
    }

    private func unknownResponse(_ id: String) -> APIError {
        .invalidRequest("Response with id '\(id)' not found.", status: 404)
    }

    private func retrieve(
        _ id: String,
        _ request: ReceivedRequest,
        head: inout ResponseHead,
        directives: SimulationDirectives
    ) throws(Rejection) -> ReplyBody {
        guard let response = store.response(id: id) else { throw .api(unknownResponse(id)) }
        guard request.query("stream") == "true" else { return response.body(.ended) }
        let after = request.query("starting_after").map { Int($0) } ?? -1
        guard let after, after >= -1, after < Int.max else {
            throw .api(
                .invalidRequest(
                    "Invalid value of 'starting_after': a sequence number is expected.",
                    code: "invalid_value",
                    parameter: "starting_after"
                )
            )
        }
        head.contentType = .eventStream
        let options = StreamOptions(body: .null, directives: directives)
        return .events(ResponseStream(response, options: options, after: after))
    }
}
