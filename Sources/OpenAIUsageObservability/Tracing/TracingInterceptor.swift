import HTTPTypes
public import OpenAIUsage
public import Tracing

/// Makes one client span for every call that passes, by OpenTelemetry's conventions for generative AI.
///
/// The span begins when the call arrives and ends exactly once, with the response's body: when it has been read to the
/// end, when reading it throws, or when it is dropped. It is a child of the task's current span, and what carries the
/// call runs in its context, which is also written into the request's fields.
///
/// Outside of a `RetryInterceptor` a span is a call, inside of it an attempt; outside of an
/// `IncludeUsageInterceptor` it does not see the usage that this one asks for. A `UsageInterceptor` belongs further
/// in, so that its records bear the span's trace. A span holds no prompt, no completion, no key and no tag.
///
/// Without a tracer nothing is observed. Of a span that is not recorded, only the context travels.
public struct TracingInterceptor: Interceptor {
    private let tracer: (any Tracer)?
    private let observer: CallObserver

    /// Creates an interceptor.
    ///
    /// - Parameters:
    ///   - tracer: The tracer; `nil` for that of the `InstrumentationSystem` at the time of each call.
    ///   - clock: The clock by which the time to the first content is measured.
    public init(tracer: (any Tracer)? = nil, clock: any UsageClock = SystemUsageClock()) {
        self.tracer = tracer
        observer = CallObserver(ExchangeConfiguration(clock: clock))
    }

    /// Observes a call.
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
        let sink = SpanSink(span: span, port: ServerAddress.port(of: request.head))
        return try await observer.observe(request, context: context, sink: sink) { request, context in
            try await ServiceContext.$current.withValue(span.context) { try await next(request, context) }
        }
    }
}
