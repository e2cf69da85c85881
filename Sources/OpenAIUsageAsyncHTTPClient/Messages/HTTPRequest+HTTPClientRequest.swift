import AsyncHTTPClient
import HTTPTypes
import NIOHTTP1

extension HTTPRequest {
    /// Creates the head of a request of AsyncHTTPClient.
    init(_ request: HTTPClientRequest) {
        var rest = request.url[...]
        var scheme: String?
        var authority: String?
        if let mark = rest.firstRange(of: "://") {
            scheme = rest[..<mark.lowerBound].lowercased()
            rest = rest[mark.upperBound...]
            let end = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
            authority = String(rest[..<end])
            rest = rest[end...]
        }
        var path = String(rest.prefix { $0 != "#" })
        if !path.hasPrefix("/") { path = "/" + path }
        self.init(
            method: Method(request.method.rawValue) ?? .get,
            scheme: scheme,
            authority: authority,
            path: path,
            headerFields: HTTPFields(request.headers)
        )
    }
}

extension HTTPFields {
    init(_ headers: HTTPHeaders) {
        self.init()
        reserveCapacity(headers.count)
        for (name, value) in headers {
            if let name = HTTPField.Name(name) { append(HTTPField(name: name, value: value)) }
        }
    }
}
