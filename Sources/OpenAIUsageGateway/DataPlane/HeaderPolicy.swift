import HTTPTypes
import NIOHTTP1
import OpenAIUsage

/// What of a message's header is passed on, and what of it the engine reads.
enum HeaderPolicy {
    /// Fields that concern one connection only (RFC 9110, section 7.6.1).
    private static let hopByHop = [
        "connection", "keep-alive", "proxy-connection", "proxy-authenticate", "proxy-authorization", "te", "trailer",
        "transfer-encoding", "upgrade",
    ]

    /// The codings that the gateway can look into.
    private static let readableCodings: Set<String> = ["gzip", "x-gzip", "deflate", "identity"]

    /// The request that is sent to the upstream.
    ///
    /// - Parameters:
    ///   - head: The client's request.
    ///   - upstream: Where it goes.
    ///   - isRewritten: Whether the response will be changed, so that it must not be encoded.
    /// - Returns: The head to send.
    static func upstreamRequest(_ head: HTTPRequestHead, to upstream: Upstream, isRewritten: Bool) -> HTTPRequestHead {
        var headers = HTTPHeaders()
        headers.reserveCapacity(head.headers.count + 1)
        headers.add(name: "Host", value: upstream.authority)
        let named = connectionOptions(head.headers)
        var codings: [String] = []
        var isChunked = false
        for (name, value) in head.headers {
            let lowercased = name.lowercased()
            switch lowercased {
            case "host", "expect", UsageTags.headerName: continue
            case "transfer-encoding": isChunked = true
            case "accept-encoding": codings.append(value)
            default:
                if hopByHop.contains(lowercased) || named.contains(lowercased) { continue }
                headers.add(name: name, value: value)
            }
        }
        if isRewritten {
            headers.add(name: "Accept-Encoding", value: "identity")
        } else if !codings.isEmpty {
            headers.add(name: "Accept-Encoding", value: readable(codings))
        }
        if isChunked { headers.add(name: "Transfer-Encoding", value: "chunked") }
        var result = HTTPRequestHead(version: .http1_1, method: head.method, uri: upstream.target(target(head.uri)))
        result.headers = headers
        return result
    }

    /// The response that is sent to the client.
    ///
    /// - Parameters:
    ///   - head: The upstream's response.
    ///   - request: The client's request.
    ///   - isRewritten: Whether the body is changed, so that its length and coding are not the upstream's.
    /// - Returns: The head to send.
    static func clientResponse(
        _ head: HTTPResponseHead,
        to request: HTTPRequestHead,
        isRewritten: Bool
    ) -> HTTPResponseHead {
        var headers = HTTPHeaders()
        headers.reserveCapacity(head.headers.count)
        let named = connectionOptions(head.headers)
        let status = head.status.code
        let isBodiless = request.method == .HEAD || status == 204 || status == 304
        var hasLength = false
        for (name, value) in head.headers {
            let lowercased = name.lowercased()
            if hopByHop.contains(lowercased) || named.contains(lowercased) { continue }
            if isRewritten, lowercased == "content-length" || lowercased == "content-encoding" { continue }
            if lowercased == "content-length" {
                // A length says nothing about a status that has no content at all.
                if status == 204 { continue }
                hasLength = true
            }
            headers.add(name: name, value: value)
        }
        // An old client is told by the connection's end.
        if !hasLength, !isBodiless, request.version != .http1_0 {
            headers.add(name: "Transfer-Encoding", value: "chunked")
        }
        return HTTPResponseHead(version: .http1_1, status: head.status, headers: headers)
    }

    /// Whether a client's connection may carry another call behind this one.
    static func keepsAlive(_ head: HTTPRequestHead) -> Bool {
        // An old client cannot tell where a body ends; and the parser reads nothing behind a change of protocol.
        head.isKeepAlive && head.version != .http1_0 && head.method != .CONNECT
            && !head.headers.contains(name: "upgrade")
    }

    /// The request as the engine reads it: with the client's own path, and the upstream's host.
    static func observed(_ head: HTTPRequestHead, upstream: Upstream) -> HTTPRequest {
        var request = HTTPRequest(
            method: HTTPRequest.Method(rawValue: head.method.rawValue) ?? .post,
            scheme: upstream.isEncrypted ? "https" : "http",
            authority: upstream.authority,
            path: target(head.uri)
        )
        for (name, value) in head.headers {
            if let name = ObservedFields.request[name.lowercased()] {
                request.headerFields.append(HTTPField(name: name, value: value))
            }
        }
        return request
    }

    /// The response as the engine reads it.
    static func observed(_ head: HTTPResponseHead) -> HTTPResponse {
        var response = HTTPResponse(status: .init(code: Int(head.status.code)))
        for (name, value) in head.headers {
            let lowercased = name.lowercased()
            if let name = ObservedFields.response[lowercased] {
                response.headerFields.append(HTTPField(name: name, value: value))
            } else if lowercased.hasPrefix("x-ratelimit-"), let name = HTTPField.Name(lowercased) {
                response.headerFields.append(HTTPField(name: name, value: value))
            }
        }
        return response
    }

    /// The client's own path and query: the absolute form names a host too, which is not the upstream's.
    private static func target(_ uri: String) -> String {
        guard !uri.hasPrefix("/") else { return uri }
        guard let scheme = uri.range(of: "://") else { return "/" }
        let rest = uri[scheme.upperBound...].drop { $0 != "/" && $0 != "?" }
        return rest.hasPrefix("/") ? String(rest) : "/" + rest
    }

    private static func connectionOptions(_ headers: HTTPHeaders) -> [String] {
        guard headers.contains(name: "connection") else { return [] }
        // A message whose length is taken away would be read as more than one.
        return headers[canonicalForm: "connection"].map { $0.lowercased() }.filter { $0 != "content-length" }
    }

    /// What the client accepts, less what the gateway cannot read.
    private static func readable(_ values: [String]) -> String {
        let kept = values.flatMap { $0.split(separator: ",") }.map { $0.filter { $0 != " " && $0 != "\t" } }
            .filter { readableCodings.contains($0.prefix { $0 != ";" }.lowercased()) }
        return kept.isEmpty ? "identity" : kept.joined(separator: ", ")
    }
}

extension StringProtocol {
    /// The first place of a text.
    fileprivate func range(of text: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}
