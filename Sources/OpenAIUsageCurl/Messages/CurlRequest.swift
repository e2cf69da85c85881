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
        method = head.method.rawValue
        let target = try RequestTarget(head)
        (origin, url) = (target.origin, target.url)
        lines = Self.lines(head.headerFields)
        content = try Self.content(request, method)
    }

    // MARK: - The header

    private static func lines(_ fields: HTTPFields) -> [[UInt8]] {
        var missing = unwantedFields
        var lines: [[UInt8]] = []
        lines.reserveCapacity(fields.count + missing.count)
        for field in fields.endToEnd {
            missing.removeAll { $0 == field.name.canonicalName }
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
        let length = try request.bodyLength()
        guard let body = request.body, body.length != 0 else {
            // A length of 0 is sent explicitly for methods that usually have a body.
            return ["POST", "PUT", "PATCH"].contains(method) || length == 0 && method != "HEAD" ? .short([]) : .none
        }
        guard method != "HEAD" else { throw TransportError(.invalidRequest, "A HEAD request has no body.") }
        guard let bytes = body.bytes else { return .stream(body, length: length) }
        return bytes.count <= shortLength ? .short(bytes) : .long(bytes)
    }
}
