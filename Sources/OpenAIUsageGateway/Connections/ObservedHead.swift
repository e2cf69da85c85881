import HTTPTypes
import NIOCore
import OpenAIUsage

extension Exchange: CallObserver {
    var callID: String { id.description }

    func receive(_ head: ResponseHead, at instant: Int64) { receive(head: head.observed, at: instant) }

    func receive(ownStatus status: Int) { receive(head: HTTPResponse(status: .init(code: status))) }
}

extension RequestHead {
    /// The request as the engine reads it: with the client's own path, and the upstream's host.
    func observed(path: String, upstream: Upstream) -> HTTPRequest {
        var request = HTTPRequest(
            method: HTTPRequest.Method(rawValue: methodName) ?? .post,
            scheme: upstream.isEncrypted ? "https" : "http",
            authority: upstream.authority,
            path: path
        )
        for field in fields {
            guard let known = field.known, let name = ObservedName.request[Int(known.rawValue)] else { continue }
            request.headerFields.append(HTTPField(name: name, value: string(field.value)))
        }
        return request
    }
}

extension HTTPRequest {
    /// The request with a credential in the place of those that its fields have; `nil` leaves them.
    func identified(by credential: String?) -> HTTPRequest {
        guard let credential else { return self }
        var request = self
        if let name = HTTPField.Name("api-key") { request.headerFields[name] = nil }
        request.headerFields[.authorization] = "Bearer \(credential)"
        return request
    }
}

extension ResponseHead {
    /// The response as the engine reads it.
    var observed: HTTPResponse {
        var response = HTTPResponse(status: .init(code: status))
        for field in fields {
            if let known = field.known, known != .rateLimit {
                guard let name = ObservedName.response[Int(known.rawValue)] else { continue }
                response.headerFields.append(HTTPField(name: name, value: string(field.value)))
            } else if let name = ObservedName.find(
                string(field.name).lowercased(),
                isRateLimit: field.known == .rateLimit
            ) {
                response.headerFields.append(HTTPField(name: name, value: string(field.value)))
            }
        }
        return response
    }
}

/// The names of the fields that the engine reads, by what the wire knows them as.
private enum ObservedName {
    static let request = table(ObservedFields.request)
    static let response = table(ObservedFields.response)
    /// Those of responses that the wire does not know.
    private static let others = ObservedFields.response.filter { name, _ in known(name) == nil }

    static func find(_ name: String, isRateLimit: Bool) -> HTTPField.Name? {
        others[name] ?? (isRateLimit ? HTTPField.Name(name) : nil)
    }

    private static func table(_ names: [String: HTTPField.Name]) -> [HTTPField.Name?] {
        var table: [HTTPField.Name?] = Array(repeating: nil, count: KnownField.allCases.count)
        for (text, name) in names {
            if let known = known(text), known != .rateLimit { table[Int(known.rawValue)] = name }
        }
        return table
    }

    private static func known(_ name: String) -> KnownField? {
        let bytes = Array(name.utf8)
        return bytes.withUnsafeBytes { bytes in
            bytes.baseAddress.flatMap { KnownField.find($0, 0, bytes.count) }
        }
    }
}
