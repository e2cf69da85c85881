/// A transport made of a closure, for tests and for clients that have no adapter.
public struct ClosureTransport: Transport {
    private let body: @Sendable (Request, CallContext) async throws -> Response

    /// Creates a transport.
    ///
    /// - Parameter body: Sends a call and returns at the response's head; it is cancelled with the call.
    public init(_ body: @escaping @Sendable (Request, CallContext) async throws -> Response) {
        self.body = body
    }

    /// Passes the request to the closure.
    public func send(_ request: Request, context: CallContext) async throws -> Response {
        try await body(request, context)
    }
}
