/// The reason for a refusal of a message.
struct WireError: Error, Equatable, Sendable {
    /// The status to answer with: of requests 400, 405, 414, 431, 501 or 505, of responses 502.
    let status: Int
    /// A stable code in snake case.
    let code: String
    /// A sentence for a person.
    let message: String
    /// The request line, if it was read; its offsets count from the reader index of the buffer that was parsed.
    var line: RequestLine?

    init(_ status: Int, _ code: String, _ message: String, line: RequestLine? = nil) {
        self.status = status
        self.code = code
        self.message = message
        self.line = line
    }

    /// An upstream's message that cannot be passed on.
    static func response(_ message: String) -> WireError {
        WireError(502, "upstream_malformed_response", message)
    }

    /// The same fault as that of an upstream's message.
    func asResponse() -> WireError { .response(message) }

    static func badLine(_ message: String) -> WireError { WireError(400, "bad_request_line", message) }

    static func badTarget(_ message: String) -> WireError { WireError(400, "bad_request_target", message) }

    static let targetTooLong = WireError(414, "uri_too_long", "The request target is too long.")
    static let conflictingLengths = WireError(
        400,
        "conflicting_lengths",
        "The message has both Content-Length and Transfer-Encoding."
    )
    static let severalLengths = WireError(400, "conflicting_lengths", "The message has more than one Content-Length.")
    static let badLength = WireError(400, "bad_content_length", "Content-Length is not a number of bytes.")
    static let badCoding = WireError(
        400,
        "bad_transfer_encoding",
        "Transfer-Encoding is malformed: only `chunked`, once, in an HTTP/1.1 message is supported."
    )
    static let unsupportedCoding = WireError(
        501,
        "unsupported_transfer_encoding",
        "Transfer-Encoding has a coding other than `chunked`."
    )
}

/// The sender of a message, which decides the status and the code of its faults.
enum MessageKind: Sendable {
    case request
    case response
}
