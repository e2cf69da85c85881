public import HTTPTypes

/// A response on its way back through the chain: its head, and its body as it streams in.
public struct Response: Sendable {
    /// Status and fields.
    public var head: HTTPResponse
    /// The body; it arrives while it is read, and dropping it unread ends the call.
    public var body: Body

    /// Creates a response.
    public init(head: HTTPResponse, body: Body = Body()) {
        self.head = head
        self.body = body
    }
}
