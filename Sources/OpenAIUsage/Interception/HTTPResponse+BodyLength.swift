package import HTTPTypes

extension HTTPResponse {
    /// The length of the response's body as far as its head tells it (RFC 9112, section 6.3); 0 where there is no body.
    ///
    /// - Parameter method: The request's method.
    /// - Returns: `nil` if the head does not tell.
    package func bodyLength(of method: HTTPRequest.Method) -> Int? {
        if method == .head || status == .noContent || status == .notModified { return 0 }
        var length: String?
        // One pass: a head has few fields, and to look them up by name takes a table of them.
        for field in headerFields {
            if field.name == .transferEncoding { return nil }
            if field.name == .contentLength { length = length.map { "\($0), \(field.value)" } ?? field.value }
        }
        return length.flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil }
    }
}
