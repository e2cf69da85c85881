package import HTTPTypes

/// The address of a request in the form that every transport sends.
package struct RequestTarget: Sendable, Equatable {
    /// The scheme, the host and the port, as `https://api.openai.com`.
    package let origin: String
    /// The path and the query; `/` if the request has none.
    package let path: String

    /// The whole address.
    package var url: String { origin + path }

    /// Checks the method and the address of a request.
    ///
    /// - Parameter head: The head of the request.
    /// - Throws: `TransportError.Code.invalidRequest`, without the address itself, which may have a key in it.
    package init(_ head: HTTPRequest) throws(TransportError) {
        guard head.method != .connect else {
            throw TransportError(.invalidRequest, "The method CONNECT asks for a tunnel, which is not what a call is.")
        }
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
            path.utf8.allSatisfy({ 0x21...0x7e ~= $0 && $0 != UInt8(ascii: "#") })
        else {
            throw TransportError(
                .invalidRequest,
                "The request's path does not begin with a slash, or has a character that must be percent-encoded."
            )
        }
        origin = "\(scheme)://\(authority)"
        self.path = path
    }

    /// True if a byte may be part of a host and a port; user information and path separators are excluded.
    private static func isOfAuthority(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), 0x30...0x39: true
        default: ".-_~:[]".utf8.contains(byte)
        }
    }
}

extension HTTPFields {
    /// The hop-by-hop fields (RFC 9110, section 7.6.1), and those that every client library writes itself.
    private static let connectionFields: Set<String> = [
        "connection", "keep-alive", "proxy-connection", "proxy-authenticate", "proxy-authorization", "te", "trailer",
        "transfer-encoding", "upgrade", "host", "content-length",
    ]

    /// The fields of a request that a transport passes on: none of the connection, and none that `Connection` names.
    ///
    /// `HTTPField` guarantees that no value contains a line end or a zero byte.
    package var endToEnd: [HTTPField] {
        var left = Self.connectionFields
        for field in self where field.name == .connection {
            for option in field.value.split(separator: ",") {
                left.insert(option.lowercased().filter { $0 != " " && $0 != "\t" })
            }
        }
        return filter { !left.contains($0.name.canonicalName) }
    }
}

extension Request {
    /// The length of the body: its own, or that of `Content-Length` for a stream of unknown length.
    ///
    /// - Returns: The length; `nil` if it is unknown, or if there is no body and no `Content-Length`.
    /// - Throws: `TransportError.Code.invalidRequest` if `Content-Length` is not the length of the body.
    package func bodyLength() throws(TransportError) -> Int? {
        let stated = Set(head.headerFields.lazy.filter { $0.name == .contentLength }.map(\.value))
        guard let text = stated.first else { return body?.length }
        // A stream of unknown length that is declared to be empty would not be looked at.
        guard stated.count == 1, text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), let length = Int(text),
            length == (body.map { $0.length ?? max(1, length) } ?? 0)
        else {
            throw TransportError(.invalidRequest, "The request's Content-Length is not the length of its body.")
        }
        return length
    }
}
