import HTTPTypes
import OpenAIUsage

/// A checked request in the form that libcurl's options take.
struct CurlRequest {
    enum Content {
        /// No body, and no field about one.
        case none
        /// A short body, possibly empty, that is sent together with the head.
        case short([UInt8])
        case long([UInt8])
        case stream(Body, length: Int?)
    }

    /// The maximum length of a body that libcurl copies to send it together with the head.
    private static let shortLength = 64 * 1024

    /// The hop-by-hop fields (RFC 9110, section 7.6.1), and those that libcurl writes itself.
    private static let connectionFields: Set<String> = [
        "connection", "keep-alive", "proxy-connection", "proxy-authenticate", "proxy-authorization", "te", "trailer",
        "transfer-encoding", "upgrade", "host", "content-length",
    ]
    /// The fields that libcurl would add by itself.
    private static let unwantedFields = ["accept", "content-type", "expect"]

    let url: String
    /// The scheme, the host and the port.
    let origin: String
    let method: String
    /// The header lines in libcurl's notation, each ending in a zero byte, without line ends.
    let lines: [[UInt8]]
    let content: Content

    /// Checks a request and converts it.
    ///
    /// - Throws: `TransportError.Code.invalidRequest`.
    init(_ request: Request) throws(TransportError) {
        let head = request.head
        method = try Self.method(head.method.rawValue)
        origin = try Self.origin(head)
        url = origin + (try Self.path(head))
        lines = Self.lines(head.headerFields)
        content = try Self.content(request, method)
    }

    // MARK: - The address

    private static func method(_ method: String) throws(TransportError) -> String {
        guard HTTPRequest.Method(method) != nil else {
            throw TransportError(.invalidRequest, "The request's method is not a word that HTTP allows.")
        }
        guard method != "CONNECT" else {
            throw TransportError(.invalidRequest, "The method CONNECT asks for a tunnel, which is not what a call is.")
        }
        return method
    }

    private static func origin(_ head: HTTPRequest) throws(TransportError) -> String {
        guard let scheme = head.scheme?.lowercased(), scheme == "https" || scheme == "http" else {
            throw TransportError(.invalidRequest, "The request's scheme is neither https nor http.")
        }
        guard let authority = head.authority, !authority.isEmpty, authority.utf8.allSatisfy(isOfAuthority) else {
            throw TransportError(
                .invalidRequest,
                "The request's authority is not a host, or a host and a port; a key does not belong there."
            )
        }
        return "\(scheme)://\(authority)"
    }

    private static func path(_ head: HTTPRequest) throws(TransportError) -> String {
        let path = head.path ?? "/"
        guard path.utf8.first == UInt8(ascii: "/"),
            path.utf8.allSatisfy({ 0x21...0x7e ~= $0 && $0 != UInt8(ascii: "#") })
        else {
            throw TransportError(
                .invalidRequest,
                "The request's path does not begin with a slash, or has a character that must be percent-encoded."
            )
        }
        return path
    }

    /// True if a byte may be part of a host and a port; user information and path separators are excluded.
    private static func isOfAuthority(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), 0x30...0x39: true
        default: ".-_~:[]".utf8.contains(byte)
        }
    }

    // MARK: - The header

    private static func lines(_ fields: HTTPFields) -> [[UInt8]] {
        var left = connectionFields
        for field in fields where field.name == .connection {
            for option in field.value.split(separator: ",") {
                left.insert(option.lowercased().filter { $0 != " " && $0 != "\t" })
            }
        }
        var missing = unwantedFields
        var lines: [[UInt8]] = []
        lines.reserveCapacity(fields.count + missing.count)
        for field in fields {
            let name = field.name.canonicalName
            if left.contains(name) { continue }
            missing.removeAll { $0 == name }
            lines.append(line(field))
        }
        // In libcurl's notation, a name with a colon and no value removes the field.
        for name in missing { lines.append(Array("\(name):".utf8) + [0]) }
        return lines
    }

    /// Returns a field in libcurl's notation, in which a semicolon marks an empty value, as a C string.
    ///
    /// `HTTPField` guarantees that the value contains no line end and no zero byte.
    private static func line(_ field: HTTPField) -> [UInt8] {
        var line = Array(field.name.rawName.utf8)
        field.withUnsafeBytesOfValue { value in
            if value.contains(where: { $0 != 0x20 && $0 != 0x09 }) {
                line.append(UInt8(ascii: ":"))
                line.append(UInt8(ascii: " "))
                line.append(contentsOf: value)
            } else {
                line.append(UInt8(ascii: ";"))
            }
        }
        line.append(0)
        return line
    }

    // MARK: - The body

    private static func content(_ request: Request, _ method: String) throws(TransportError) -> Content {
        let length = try length(request)
        guard let body = request.body, length != 0 else {
            // A length of 0 is sent explicitly for methods that usually have a body.
            return ["POST", "PUT", "PATCH"].contains(method) || length == 0 && method != "HEAD" ? .short([]) : .none
        }
        guard method != "HEAD" else { throw TransportError(.invalidRequest, "A HEAD request has no body.") }
        guard let bytes = body.bytes else { return .stream(body, length: length) }
        return bytes.count <= shortLength ? .short(bytes) : .long(bytes)
    }

    /// Returns the length of the body, and checks it against the request's Content-Length.
    private static func length(_ request: Request) throws(TransportError) -> Int? {
        let stated = Set(request.head.headerFields.lazy.filter { $0.name == .contentLength }.map(\.value))
        guard let text = stated.first else { return request.body?.length }
        guard stated.count == 1, text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), let length = Int(text),
            length == (request.body.map { $0.length ?? length } ?? 0)
        else {
            throw TransportError(.invalidRequest, "The request's Content-Length is not the length of its body.")
        }
        return length
    }
}
