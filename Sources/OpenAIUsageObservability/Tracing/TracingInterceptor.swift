import HTTPTypes
public import OpenAIUsage
public import Tracing

/// Creates one client span per call, by OpenTelemetry's conventions for generative AI.
///
/// The span starts when the call arrives, and ends exactly once, with the response's body: when the body was read to its
/// end, when reading it throws, or when it is released. The span is a child of the task's current span. Inner layers run in
/// its context, which is also injected into the request's fields.
///
/// Outside a `RetryInterceptor` a span is a call, inside one it is an attempt. Outside an `IncludeUsageInterceptor` it does
/// not see the usage that the latter requests. A `UsageInterceptor` belongs further inside, so that its records contain the
/// span's trace. A span contains no prompt, completion, key or tag.
///
/// Without a tracer nothing is observed. For a span that is not recorded, only its context is propagated.
public struct TracingInterceptor: Interceptor {
    private let tracer: (any Tracer)?
    private let conventions: GenAIConventions
    private let observer: CallObserver

    /// Creates an interceptor.
    ///
    /// - Parameters:
    ///   - tracer: The tracer; `nil` for the one of the `InstrumentationSystem` at the time of each call.
    ///   - conventions: The version of the conventions that names the attributes.
    ///   - clock: The clock that measures the time to the first content.
    public init(
        tracer: (any Tracer)? = nil,
        conventions: GenAIConventions = .version0,
        clock: any UsageClock = SystemUsageClock()
    ) {
        self.tracer = tracer
        self.conventions = conventions
        observer = CallObserver(ExchangeConfiguration(clock: clock))
    }

    /// Performs a call inside a span.
    ///
    /// - Throws: The error of `next`.
    public func intercept(
        _ request: Request,
        context: CallContext,
        next: (Request, CallContext) async throws -> Response
    ) async throws -> Response {
        let tracer = tracer ?? InstrumentationSystem.tracer
        if tracer is NoOpTracer { return try await next(request, context) }
        let span = tracer.startSpan("openai", ofKind: .client)
        var request = request
        tracer.inject(span.context, into: &request.head.headerFields, using: HTTPFieldsInjector())
        guard span.isRecording else {
            defer { span.end() }
            return try await ServiceContext.$current.withValue(span.context) { try await next(request, context) }
        }
        let sink = SpanSink(span: span, port: ServerAddress.port(of: request.head), conventions: conventions)
        return try await observer.observe(request, context: context, sink: sink) { request, context in
            try await ServiceContext.$current.withValue(span.context) { try await next(request, context) }
        }
    }
}
