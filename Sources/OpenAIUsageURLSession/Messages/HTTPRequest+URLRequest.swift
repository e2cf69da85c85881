import Foundation
import HTTPTypes

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

extension HTTPRequest {
    /// Creates the head of a request of URLSession.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - additions: The fields that the session's configuration adds to all requests, unless the request has them.
    init(_ request: URLRequest, adding additions: [AnyHashable: Any]? = nil) {
        let components = request.url.flatMap { URLComponents(url: $0, resolvingAgainstBaseURL: true) }
        var authority = components?.percentEncodedHost
        if let port = components?.port { authority = authority.map { "\($0):\(port)" } }
        var path = components?.percentEncodedPath ?? ""
        if path.isEmpty { path = "/" }
        if let query = components?.percentEncodedQuery { path += "?\(query)" }
        self.init(
            method: request.httpMethod.flatMap { Method($0) } ?? .get,
            scheme: components?.scheme,
            authority: authority,
            path: path
        )
        for (name, value) in request.allHTTPHeaderFields ?? [:] {
            if let name = HTTPField.Name(name) { headerFields[name] = value }
        }
        for (name, value) in additions ?? [:] {
            guard let name = (name as? String).flatMap({ HTTPField.Name($0) }), let value = value as? String,
                !headerFields.contains(name)
            else { continue }
            headerFields[name] = value
        }
    }
}
