/// Meters every attempt that passes: one record each, however it ends.
///
/// It belongs next to the transport, so that retries and rewritten requests are seen as they are sent. It changes
/// nothing but to take out the field `OpenAI-Usage-Tags`. An attempt ends when its body has been read to the end, when
/// reading it throws, when its iterator is dropped, or when the response goes away unread. One whose response has no body
/// (204, `Content-Length: 0`, the method HEAD) ends with the response's head.
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

extension TransportEnd {
    /// How an attempt ended that an error ended.
    ///
    /// - Parameters:
    ///   - error: What was thrown.
    ///   - isHeadReceived: Whether a response had begun.
    public init(_ error: any Error, isHeadReceived: Bool) {
        let code = (error as? TransportError)?.code
        // Of an error that is not a transport's own, nobody knows how far the request has come.
        let isUnsent = (error as? TransportError)?.isRequestUnsent ?? false
        if error is CancellationError || code == .cancelled || Task.isCancelled {
            self = .abandoned
        } else if code == .timeout {
            self = isUnsent && !isHeadReceived ? .connectTimeout : .timeout
        } else if isHeadReceived, code != .unreachable {
            self = .cut
        } else {
            self = isUnsent ? .unreachable : .unanswered
        }
    }
}
