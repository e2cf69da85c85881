public import HTTPTypes

/// A response on its way back through the interceptors: its head, and its body as a stream.
public struct Response: Sendable {
    /// The status and the header fields.
    public var head: HTTPResponse
    /// The body, which is received while it is read; dropping it unread ends the call.
    public var body: Body

    /// Creates a response.
    public init(head: HTTPResponse, body: Body = Body()) {
        self.head = head
        self.body = body
    }
}
