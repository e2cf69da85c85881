/// A transport of API calls, such as an HTTP client.
public protocol Transport: Sendable {
    /// Sends a request and returns when the response's head has arrived; the body is received while it is read.
    ///
    /// - Parameters:
    ///   - request: The request, with scheme, authority and path.
    ///   - context: The metadata of the call.
    /// - Returns: The response, whatever its status.
    /// - Throws: ``TransportError`` or `CancellationError`. Cancelling the task ends the call at once, before the head
    ///   and while the body is read.
    func send(_ request: Request, context: CallContext) async throws -> Response
}

extension Transport {
    /// Sends a request with a default context.
    public func send(_ request: Request) async throws -> Response {
        try await send(request, context: CallContext())
    }

    /// Creates a transport that passes calls through interceptors to this one.
    ///
    /// The first is the outermost: it sees the request first and the response last. Place metering last, next to the
    /// transport, so that it sees every attempt as it is sent.
    public func intercepted(by interceptors: any Interceptor...) -> InterceptedTransport<Self> {
        InterceptedTransport(self, interceptors)
    }
}
