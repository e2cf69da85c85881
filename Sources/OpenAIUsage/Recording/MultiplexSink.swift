/// A sink that hands every record to several others, in order.
public struct MultiplexSink: UsageSink {
    private let sinks: [any UsageSink]

    /// Creates a sink over the given ones.
    public init(_ sinks: any UsageSink...) {
        self.sinks = sinks
    }

    /// Hands the record on.
    public func record(_ record: CallRecord) {
        for sink in sinks { sink.record(record) }
    }

    /// Hands the interim record on.
    public func recordOpen(_ record: CallRecord) {
        for sink in sinks { sink.recordOpen(record) }
    }
}
