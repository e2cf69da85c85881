/// A layer around the transport: it sees a call on its way out and back, and may change, repeat or answer it.
public protocol Interceptor: Sendable {
    /// Takes a call.
    ///
    /// - Parameters:
    ///   - request: The request as the outer layers have left it.
    ///   - context: What is known of the call beside the request.
    ///   - next: The layers below. It may be called never, once or several times, and only before this method returns.
    /// - Returns: The response for the outer layers. Its body is read after this method has returned.
    /// - Throws: Whatever the layers below throw, or an error of its own. Cancellation passes through `next`.
    func intercept(
        _ request: Request,
        context: CallContext,
        next: (Request, CallContext) async throws -> Response
    ) async throws -> Response
}
