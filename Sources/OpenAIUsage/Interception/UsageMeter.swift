public import HTTPTypes

/// What a program creates once to have its calls metered: where records go, and what all calls have in common.
///
/// Adapters of clients take a meter; so does ``UsageInterceptor``. A meter holds no connection and no thread of its own.
public final class UsageMeter: Sendable {
    /// What the calls have in common.
    public let configuration: ExchangeConfiguration
    private let sink: any UsageSink
    private let open: OpenExchanges
    private let flushing: @Sendable () async -> Void

    /// Creates a meter.
    ///
    /// - Parameters:
    ///   - sink: Where the records go.
    ///   - configuration: What the calls have in common.
    ///   - flush: What ``flush()`` waits for: that everything handed to the sink is kept.
    public convenience init(
        sink: any UsageSink,
        configuration: ExchangeConfiguration = ExchangeConfiguration(),
        flush: @escaping @Sendable () async -> Void = {}
    ) {
        self.init(sink: sink, configuration: configuration, changed: nil, flush: flush)
    }

    /// Creates a meter that tells of calls as they begin and end.
    ///
    /// - Parameters:
    ///   - sink: Where the records go.
    ///   - configuration: What the calls have in common.
    ///   - changed: Told of each call's endpoint, with 1 when it begins and -1 when it ends.
    ///   - flush: What ``flush()`` waits for.
    package convenience init(
        sink: any UsageSink,
        configuration: ExchangeConfiguration,
        changed: (@Sendable (Endpoint, Int64) -> Void)?,
        flush: @escaping @Sendable () async -> Void
    ) {
        self.init(sink: sink, configuration: configuration, open: OpenExchanges(changed: changed), flush: flush)
    }

    init(
        sink: any UsageSink,
        configuration: ExchangeConfiguration,
        open: OpenExchanges,
        flush: @escaping @Sendable () async -> Void
    ) {
        self.configuration = configuration
        self.sink = sink
        self.open = open
        flushing = flush
    }

    /// The number of calls that are under way.
    public var openCalls: Int { open.count }

    /// Begins to observe an attempt.
    ///
    /// - Parameters:
    ///   - request: The request's head, with its authority.
    ///   - context: What is known of the call beside the request.
    /// - Returns: The observer, to be fed with what passes by.
    public func exchange(for request: HTTPRequest, context: CallContext = CallContext()) -> Exchange {
        let exchange = Exchange(
            request: request,
            tags: context.tags,
            operationID: context.operationID,
            attempt: context.attempt,
            configuration: configuration,
            sink: sink,
            list: open,
            decision: context.decision
        )
        if let note = context.includeUsageNote { exchange.note(note) }
        open.add(exchange.state)
        return exchange
    }

    /// Hands on an interim record of every call that has been under way for some time, once for each call.
    ///
    /// A program that ends without a word leaves such calls as ``Outcome/interrupted``, and not as nothing.
    ///
    /// - Parameter age: How long a call must have been under way.
    public func recordOpenCalls(olderThan age: Duration) {
        let (seconds, attoseconds) = age.components
        let nanoseconds = seconds * 1_000_000_000 + attoseconds / 1_000_000_000
        let latest = configuration.clock.monotonicNanoseconds - nanoseconds
        for record in open.openRecords(startedBefore: latest) { sink.recordOpen(record) }
    }

    /// Ends the records of all calls that are under way as ``Outcome/interrupted``, because the program ends.
    ///
    /// The calls themselves go on, and nothing more is learnt of them.
    public func endOpenCalls() {
        for record in open.end(.interrupted) { sink.record(record) }
    }

    /// Returns when every record that was handed over before is kept, or lost and counted.
    public func flush() async {
        await flushing()
    }
}

extension HTTPRequest {
    /// The request without the fields that are meant for the meter, as it goes over the wire.
    public var withoutUsageFields: HTTPRequest {
        guard headerFields.contains(.usageTags) else { return self }
        var request = self
        request.headerFields[.usageTags] = nil
        return request
    }
}
