import InMemoryTracing
import Instrumentation
import Synchronization
import Tracing

/// A tracer that keeps its spans, and writes a `traceparent` as real ones do.
struct TraceContextTracer: Tracer {
    /// A span, of which it is counted how often it was ended.
    struct Span: Tracing.Span {
        let base: InMemorySpan
        let ends: EndCount

        var context: ServiceContext { base.context }
        var isRecording: Bool { base.isRecording }
        var operationName: String {
            get { base.operationName }
            nonmutating set { base.operationName = newValue }
        }
        var attributes: SpanAttributes {
            get { base.attributes }
            nonmutating set { base.attributes = newValue }
        }

        func setStatus(_ status: SpanStatus) { base.setStatus(status) }
        func addEvent(_ event: SpanEvent) { base.addEvent(event) }
        func addLink(_ link: SpanLink) { base.addLink(link) }
        func recordError<Instant: TracerInstant>(
            _ error: any Error,
            attributes: SpanAttributes,
            at instant: @autoclosure () -> Instant
        ) {
            base.recordError(error, attributes: attributes, at: instant())
        }
        func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) {
            ends.count.withLock { $0 += 1 }
            base.end(at: instant())
        }
    }

    /// How often spans were ended.
    final class EndCount: Sendable {
        let count = Mutex(0)
    }

    let base: InMemoryTracer
    let ends = EndCount()

    init() {
        let numbers = Numbers()
        base = InMemoryTracer(
            idGenerator: .init(nextTraceID: { numbers.next(digits: 32) }, nextSpanID: { numbers.next(digits: 16) })
        )
    }

    /// How often spans were ended, in all.
    var endings: Int { ends.count.withLock { $0 } }

    func startSpan<Instant: TracerInstant>(
        _ operationName: String,
        context: @autoclosure () -> ServiceContext,
        ofKind kind: SpanKind,
        at instant: @autoclosure () -> Instant,
        function: String,
        file fileID: String,
        line: UInt
    ) -> Span {
        Span(
            base: base.startSpan(
                operationName,
                context: context(),
                ofKind: kind,
                at: instant(),
                function: function,
                file: fileID,
                line: line
            ),
            ends: ends
        )
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
        startSpan(
            operationName,
            context: context(),
            ofKind: kind,
            at: instant(),
            function: function,
            file: fileID,
            line: line
        )
    }

    func forceFlush() { base.forceFlush() }

    func inject<Carrier, Inject: Injector>(
        _ context: ServiceContext,
        into carrier: inout Carrier,
        using injector: Inject
    ) where Carrier == Inject.Carrier {
        guard let span = context.inMemorySpanContext else { return }
        injector.inject("00-\(span.traceID)-\(span.spanID)-01", forKey: "traceparent", into: &carrier)
        injector.inject("not a name", forKey: "bad name", into: &carrier)
    }

    func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier,
        into context: inout ServiceContext,
        using extractor: Extract
    ) where Carrier == Extract.Carrier {}

    private final class Numbers: Sendable {
        private let last = Mutex(0)

        func next(digits: Int) -> String {
            let text = last.withLock { last in
                last += 1
                return String(last, radix: 16)
            }
            return String(repeating: "0", count: digits - text.count) + text
        }
    }
}
