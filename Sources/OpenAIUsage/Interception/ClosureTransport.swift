/// A transport made of a closure, for tests and for clients that have no adapter.
public struct ClosureTransport: Transport {
    private let body: @Sendable (Request, CallContext) async throws -> Response

    /// Creates a transport.
    ///
    /// - Parameter body: Carries a call; it returns at the head, and is cancelled with the call.
    public init(_ body: @escaping @Sendable (Request, CallContext) async throws -> Response) {
        self.body = body
    }

    /// Hands the request to the closure.
    public func send(_ request: Request, context: CallContext) async throws -> Response {
        try await body(request, context)
    }
}
