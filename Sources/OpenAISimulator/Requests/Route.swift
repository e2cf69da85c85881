import NIOHTTP1

/// What a request's method and path ask for.
enum Route: Sendable, Equatable {
    case chatCompletions
    case completions
    case createResponse
    case retrieveResponse(String)
    case deleteResponse(String)
    case embeddings
    case listModels
    case retrieveModel(String)
    case moderations
    /// A known path with a method that it does not have.
    case wrongMethod
    case unknown

    /// The route of a request.
    ///
    /// HEAD is GET without the body.
    init(method: HTTPMethod, path: some StringProtocol) {
        let isRead = method == .GET || method == .HEAD
        switch path {
        case "/v1/chat/completions": self = method == .POST ? .chatCompletions : .wrongMethod
        case "/v1/completions": self = method == .POST ? .completions : .wrongMethod
        case "/v1/responses": self = method == .POST ? .createResponse : .wrongMethod
        case "/v1/embeddings": self = method == .POST ? .embeddings : .wrongMethod
        case "/v1/moderations": self = method == .POST ? .moderations : .wrongMethod
        case "/v1/models": self = isRead ? .listModels : .wrongMethod
        default:
            if let id = Route.identifier(path, after: "/v1/responses/") {
                self = isRead ? .retrieveResponse(id) : method == .DELETE ? .deleteResponse(id) : .wrongMethod
            } else if let name = Route.identifier(path, after: "/v1/models/") {
                self = isRead ? .retrieveModel(name) : .wrongMethod
            } else {
                self = .unknown
            }
        }
    }

    private static func identifier(_ path: some StringProtocol, after prefix: String) -> String? {
        guard path.hasPrefix(prefix) else { return nil }
        let rest = path.dropFirst(prefix.count)
        return rest.isEmpty || rest.utf8.contains(UInt8(ascii: "/")) ? nil : String(rest)
    }
}
