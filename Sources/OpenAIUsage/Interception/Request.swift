public import HTTPTypes

/// A request on its way through the interceptors.
public struct Request: Sendable {
    /// The method, the address and the header fields.
    public var head: HTTPRequest
    /// The body; `nil` for none.
    public var body: Body?

    /// Creates a request.
    public init(head: HTTPRequest, body: Body? = nil) {
        self.head = head
        self.body = body
    }
}
