import NIOHTTP1

/// The operation that a request's method and path ask for.
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
    /// A resource of the admin API, by its path after `/v1/organization/`.
    case admin(String)
    /// A known path with a method that it does not support.
    case wrongMethod
    case unknown

    /// Creates the route of a request.
    ///
    /// HEAD is routed as GET.
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
            } else if path.hasPrefix("/v1/organization/") {
                self = isRead ? .admin(String(path.dropFirst("/v1/organization/".count))) : .wrongMethod
            } else {
                self = .unknown
            }
        }
    }

    private static func identifier(_ path: some StringProtocol, after prefix: String) -> String? {
        guard path.hasPrefix(prefix) else { return nil }
        let rest = path.dropFirst(prefix.count)
        guard !rest.isEmpty, !rest.utf8.contains(UInt8(ascii: "/")) else { return nil }
        return rest.utf8.contains(UInt8(ascii: "%")) ? decoded(rest) : String(rest)
    }

    /// Decodes the percent-encoding of a part of a path; an invalid encoding stays as it is.
    private static func decoded(_ text: some StringProtocol) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest.removeFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
