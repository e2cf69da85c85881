import Instrumentation
import Synchronization
import Tracing

/// A tracer whose spans are not recorded but travel, as those do that a sampler has left out.
struct UnsampledTracer: Tracer {
    struct Span: Tracing.Span {
        let context: ServiceContext
        let counts: Counts
        let isRecording = false

        var operationName: String {
            get { "" }
            nonmutating set { counts.writes.withLock { $0 += 1 } }
        }
        var attributes: SpanAttributes {
            get { [:] }
            nonmutating set { counts.writes.withLock { $0 += 1 } }
        }

        func setStatus(_ status: SpanStatus) { counts.writes.withLock { $0 += 1 } }
        func addEvent(_ event: SpanEvent) { counts.writes.withLock { $0 += 1 } }
        func addLink(_ link: SpanLink) {}
        func recordError<Instant: TracerInstant>(
            _ error: any Error,
            attributes: SpanAttributes,
            at instant: @autoclosure () -> Instant
        ) {}
        func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) {
            counts.ends.withLock { $0 += 1 }
        }
    }

    /// What was done to the spans.
    final class Counts: Sendable {
        let ends = Mutex(0)
        let writes = Mutex(0)
    }

    let counts = Counts()

    func startSpan<Instant: TracerInstant>(
        _ operationName: String,
        context: @autoclosure () -> ServiceContext,
        ofKind kind: SpanKind,
        at instant: @autoclosure () -> Instant,
        function: String,
        file fileID: String,
        line: UInt
    ) -> Span {
        Span(context: context(), counts: counts)
    }

    @available(*, deprecated)
    func startAnySpan<Instant: TracerInstant>(
        _ operationName: String,
        context: @autoclosure () -> ServiceContext,
        ofKind kind: SpanKind,
        at instant: @autoclosure () -> Instant,
        function: String,
        file fileID: String,
        line: UInt
    ) -> any Tracing.Span {
        Span(context: context(), counts: counts)
    }

    func forceFlush() {}

    func inject<Carrier, Inject: Injector>(
        _ context: ServiceContext,
        into carrier: inout Carrier,
        using injector: Inject
    ) where Carrier == Inject.Carrier {
        injector.inject(
            "00-00000000000000000000000000000abc-0000000000000001-00",
            forKey: "traceparent",
            into: &carrier
        )
    }

    func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier,
        into context: inout ServiceContext,
        using extractor: Extract
    ) where Carrier == Extract.Carrier {}
}
