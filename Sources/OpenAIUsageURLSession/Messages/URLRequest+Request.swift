import Foundation
import HTTPTypes
import OpenAIUsage

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

extension URLRequest {
    /// The hop-by-hop fields (RFC 9110, section 7.6.1), and those that URLSession writes itself.
    private static let connectionFields: Set<String> = [
        "connection", "keep-alive", "proxy-connection", "proxy-authenticate", "proxy-authorization", "te", "trailer",
        "transfer-encoding", "upgrade", "host", "content-length",
    ]

    /// Checks a request's head and converts it.
    ///
    /// - Throws: `TransportError.Code.invalidRequest`.
    init(_ head: HTTPRequest, hasBody: Bool) throws(TransportError) {
        guard let scheme = head.scheme?.lowercased(), scheme == "https" || scheme == "http" else {
            throw TransportError(.invalidRequest, "The request's scheme is neither https nor http.")
        }
        guard let authority = head.authority, !authority.isEmpty, authority.utf8.allSatisfy(Self.isOfAuthority) else {
            throw TransportError(
                .invalidRequest,
                "The request's authority is not a host, or a host and a port; a key does not belong there."
            )
        }
        let path = head.path ?? "/"
        guard path.utf8.first == UInt8(ascii: "/"),
            path.utf8.allSatisfy({ 0x21...0x7e ~= $0 && $0 != UInt8(ascii: "#") }),
            let url = URL(string: "\(scheme)://\(authority)\(path)"), url.host != nil
        else {
            throw TransportError(
                .invalidRequest,
                "The request's path does not begin with a slash, or has a character that must be percent-encoded."
            )
        }
        guard !hasBody || head.method != .get && head.method != .head else {
            throw TransportError(.invalidRequest, "URLSession sends no body with GET or HEAD.")
        }
        self.init(url: url, cachePolicy: .reloadIgnoringLocalCacheData)
        httpMethod = head.method.rawValue
        httpShouldHandleCookies = false
        for field in head.headerFields where !Self.connectionFields.contains(field.name.canonicalName) {
            guard field.value.utf8.allSatisfy({ $0 != 0x0d && $0 != 0x0a && $0 != 0 }) else {
                throw TransportError(.invalidRequest, "The field \(field.name.canonicalName) has a line end in it.")
            }
            addValue(field.value, forHTTPHeaderField: field.name.rawName)
        }
    }

    private static func isOfAuthority(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), 0x30...0x39: true
        default: ".-_~:[]".utf8.contains(byte)
        }
    }
}
