package import HTTPTypes

extension HTTPResponse {
    /// The length of the response's body as declared by its head (RFC 9112, section 6.3); 0 if there is no body.
    ///
    /// - Parameter method: The request's method.
    /// - Returns: The length; `nil` if the head does not declare it.
    package func bodyLength(of method: HTTPRequest.Method) -> Int? {
        if method == .head || status == .noContent || status == .notModified { return 0 }
        var length: String?
        // One pass: a head has few fields, and a lookup by name needs a table of them.
        for field in headerFields {
            if field.name == .transferEncoding { return nil }
            if field.name == .contentLength { length = length.map { "\($0), \(field.value)" } ?? field.value }
        }
        return length.flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil }
    }
}
