/// What carries calls: an HTTP client of any make.
public protocol Transport: Sendable {
    /// Sends a request and returns at the response's head; the body streams while it is read.
    ///
    /// - Parameters:
    ///   - request: The request, with scheme, authority and path.
    ///   - context: What is known of the call beside the request.
    /// - Returns: The response, whatever its status.
    /// - Throws: ``TransportError`` or `CancellationError`. Cancelling the task ends the call at once, before the head and
    ///   while the body is read.
    func send(_ request: Request, context: CallContext) async throws -> Response
}

extension Transport {
    /// Sends a request in a context of its own.
    public func send(_ request: Request) async throws -> Response {
        try await send(request, context: CallContext())
    }

    /// This transport behind interceptors.
    ///
    /// The first is the outermost: it sees the request first and the response last. Metering belongs at the end, next to
    /// the transport, so that it sees every attempt and what really went over the wire.
    public func intercepted(by interceptors: any Interceptor...) -> InterceptedTransport<Self> {
        InterceptedTransport(self, interceptors)
    }
}
