public import Logging
public import OpenAIUsage

/// Writes one line for every call that passes, when it ends.
///
/// It changes nothing. Outside of a `RetryInterceptor` a line is a call, inside of it an attempt; outside of an
/// `IncludeUsageInterceptor` it does not see the usage that this one asks for. A program that has a `UsageMeter` can
/// hand a ``LogSink`` to it instead.
public struct LoggingInterceptor: Interceptor {
    private let sink: LogSink
    private let observer: CallObserver

    /// Creates an interceptor.
    ///
    /// - Parameters:
    ///   - sink: What writes the lines.
    ///   - configuration: What the calls have in common, as a `UsageMeter` has it.
    public init(_ sink: LogSink = LogSink(), configuration: ExchangeConfiguration = ExchangeConfiguration()) {
        self.sink = sink
        observer = CallObserver(configuration)
    }

    /// Creates an interceptor that writes to a logger.
    public init(_ logger: Logger) {
        self.init(LogSink(logger))
    }

    /// Observes a call.
    public func intercept(
        _ request: Request,
        context: CallContext,
        next: (Request, CallContext) async throws -> Response
    ) async throws -> Response {
        guard sink.isActive else { return try await next(request, context) }
        return try await observer.observe(request, context: context, sink: sink, next: next)
    }
}
