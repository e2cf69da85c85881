public import Logging
public import OpenAIUsage

/// Logs one line per call when it ends, and does not change the call.
///
/// Outside a `RetryInterceptor` a line is a call, inside one it is an attempt. Outside an `IncludeUsageInterceptor` it does
/// not see the usage that the latter requests. A program with a `UsageMeter` can pass a ``LogSink`` to it instead.
public struct LoggingInterceptor: Interceptor {
    private let sink: LogSink
    private let observer: CallObserver

    /// Creates an interceptor.
    ///
    /// - Parameters:
    ///   - sink: The sink that logs the lines.
    ///   - configuration: The configuration of the observation, as for a `UsageMeter`.
    public init(_ sink: LogSink = LogSink(), configuration: ExchangeConfiguration = ExchangeConfiguration()) {
        self.sink = sink
        observer = CallObserver(configuration)
    }

    /// Creates an interceptor that logs to a logger.
    public init(_ logger: Logger) {
        self.init(LogSink(logger))
    }

    /// Performs a call and logs it when it ends.
    ///
    /// - Throws: The error of `next`.
    public func intercept(
        _ request: Request,
        context: CallContext,
        next: (Request, CallContext) async throws -> Response
    ) async throws -> Response {
        guard sink.isActive else { return try await next(request, context) }
        return try await observer.observe(request, context: context, sink: sink, next: next)
    }
}
