import OpenAIUsage

/// Makes the exchanges of an interceptor that only looks on.
struct CallObserver: Sendable {
    private let configuration: ExchangeConfiguration

    /// Creates an observer.
    ///
    /// Objects that it sees count for it alone: an object that a meter shares with it would be counted once for both.
    init(_ configuration: ExchangeConfiguration) {
        var configuration = configuration
        configuration.objects = BilledObjects()
        configuration.fingerprinter = nil
        self.configuration = configuration
    }

    /// Carries a call, and hands its record to the sink when it ends.
    func observe(
        _ request: Request,
        context: CallContext,
        sink: any UsageSink,
        next: (Request, CallContext) async throws -> Response
    ) async throws -> Response {
        let exchange = Exchange(
            request: request.head,
            tags: context.tags,
            operationID: context.operationID,
            attempt: context.attempt,
            configuration: configuration,
            sink: sink
        )
        return try await exchange.observe(request, context: context, next: next)
    }
}
