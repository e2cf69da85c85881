/// A sink that delivers every record to several others, in order.
public struct MultiplexSink: UsageSink {
    private let sinks: [any UsageSink]

    /// Creates a sink that delivers to the given ones.
    public init(_ sinks: any UsageSink...) {
        self.sinks = sinks
    }

    /// Delivers a record to all sinks.
    public func record(_ record: CallRecord) {
        for sink in sinks { sink.record(record) }
    }

    /// Delivers an interim record to all sinks.
    public func recordOpen(_ record: CallRecord) {
        for sink in sinks { sink.recordOpen(record) }
    }
}
