import Foundation
import HTTPTypes
import OpenAIUsage

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

extension URLRequest {
    /// Checks a request's head and converts it.
    ///
    /// - Throws: `TransportError.Code.invalidRequest`.
    init(_ head: HTTPRequest, hasBody: Bool) throws(TransportError) {
        guard let url = URL(string: try RequestTarget(head).url), url.host != nil else {
            throw TransportError(.invalidRequest, "The request's authority and path are not a URL for URLSession.")
        }
        guard !hasBody || head.method != .get && head.method != .head else {
            throw TransportError(.invalidRequest, "URLSession sends no body with GET or HEAD.")
        }
        self.init(url: url, cachePolicy: .reloadIgnoringLocalCacheData)
        httpMethod = head.method.rawValue
        httpShouldHandleCookies = false
        for field in head.headerFields.endToEnd { addValue(field.value, forHTTPHeaderField: field.name.rawName) }
    }
}
