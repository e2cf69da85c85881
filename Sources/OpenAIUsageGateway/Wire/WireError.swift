/// The reason for rejecting a message.
struct WireError: Error, Equatable, Sendable {
    /// The status to answer with: 400, 405, 408, 414, 431, 501 or 505 for requests, 502 for responses.
    let status: Int
    /// A stable code in snake case.
    let code: String
    /// A sentence for a person.
    let message: String
    /// The request line, if it was parsed; its offsets count from the reader index of the parsed buffer.
    var line: RequestLine?

    init(_ status: Int, _ code: String, _ message: String, line: RequestLine? = nil) {
        self.status = status
        self.code = code
        self.message = message
        self.line = line
    }

    /// Creates the error for an upstream's message that cannot be forwarded.
    static func response(_ message: String) -> WireError {
        WireError(502, "upstream_malformed_response", message)
    }

    /// Returns the same fault as that of an upstream's message.
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

/// The kind of a message, which determines the status and the code of its faults.
enum MessageKind: Sendable {
    case request
    case response
}
