import OpenAIUsage

/// Observes the calls of an interceptor that does not change them.
struct CallObserver: Sendable {
    private let configuration: ExchangeConfiguration

    /// Creates an observer.
    ///
    /// It gets billed objects of its own: if it shared those of a meter, an object would count only for one of the two. Keys
    /// are not fingerprinted.
    init(_ configuration: ExchangeConfiguration) {
        var configuration = configuration
        configuration.objects = BilledObjects()
        configuration.fingerprinter = nil
        self.configuration = configuration
    }

    /// Performs a call with `next`, and passes its record to the sink when it ends.
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
