/// Meters every attempt that passes through it: one record each, however the attempt ends.
///
/// Place it next to the transport, so that retries and rewritten requests are metered as they are sent. It changes
/// nothing, except that it removes the field `OpenAI-Usage-Tags`. An attempt ends when its body has been read to the
/// end, when reading it throws, when its iterator is dropped, or when the response is dropped unread. An attempt whose
/// response has no body (204, `Content-Length: 0`, the method HEAD) ends with the response's head.
public struct UsageInterceptor: Interceptor {
    private let meter: UsageMeter

    /// Creates an interceptor.
    public init(_ meter: UsageMeter) {
        self.meter = meter
    }

    /// Observes an attempt.
    public func intercept(
        _ request: Request,
        context: CallContext,
        next: (Request, CallContext) async throws -> Response
    ) async throws -> Response {
        let exchange = meter.exchange(for: request.head, context: context)
        var request = request
        request.head = request.head.withoutUsageFields
        return try await exchange.observe(request, context: context, next: next)
    }
}
