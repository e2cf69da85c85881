/// A layer around the transport that sees a call on its way out and back, and may change, repeat or answer it.
public protocol Interceptor: Sendable {
    /// Handles a call.
    ///
    /// - Parameters:
    ///   - request: The request as the outer layers have left it.
    ///   - context: The metadata of the call.
    ///   - next: The inner layers. It may be called never, once or several times, and only before this method returns.
    /// - Returns: The response for the outer layers. Its body is read after this method has returned.
    /// - Throws: Any error of the inner layers, or its own. Cancellation passes through `next`.
    func intercept(
        _ request: Request,
        context: CallContext,
        next: (Request, CallContext) async throws -> Response
    ) async throws -> Response
}
