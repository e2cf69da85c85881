public import HTTPTypes

/// The meter of a program's calls: the sink of their records and their common configuration.
///
/// A program creates one and passes it to the adapters of its clients, or to a ``UsageInterceptor``. A meter owns no
/// connection and no thread.
public final class UsageMeter: Sendable {
    /// The common configuration of the calls.
    public let configuration: ExchangeConfiguration
    private let sink: any UsageSink
    private let open: OpenExchanges
    private let flushing: @Sendable () async -> Void
    /// Prices a record, as the sink does.
    private let price: (@Sendable (inout CallRecord) -> Void)?

    /// Creates a meter.
    ///
    /// - Parameters:
    ///   - sink: The sink that receives the records.
    ///   - configuration: The common configuration of the calls.
    ///   - flush: Returns when everything that was delivered to the sink is stored; called by ``flush()``.
    public convenience init(
        sink: any UsageSink,
        configuration: ExchangeConfiguration = ExchangeConfiguration(),
        flush: @escaping @Sendable () async -> Void = {}
    ) {
        self.init(sink: sink, configuration: configuration, changed: nil, flush: flush)
    }

    /// Creates a meter that reports the start and the end of calls.
    ///
    /// - Parameters:
    ///   - sink: The sink that receives the records.
    ///   - configuration: The common configuration of the calls.
    ///   - changed: Called with the endpoint of a call, and with 1 when it begins and -1 when it ends.
    ///   - price: Prices a record, as the sink does.
    ///   - flush: Returns when everything that was delivered to the sink is stored; called by ``flush()``.
    package convenience init(
        sink: any UsageSink,
        configuration: ExchangeConfiguration,
        changed: (@Sendable (Endpoint, Int64) -> Void)?,
        price: (@Sendable (inout CallRecord) -> Void)? = nil,
        flush: @escaping @Sendable () async -> Void
    ) {
        self.init(
            sink: sink,
            configuration: configuration,
            open: OpenExchanges(changed: changed),
            price: price,
            flush: flush
        )
    }

    init(
        sink: any UsageSink,
        configuration: ExchangeConfiguration,
        open: OpenExchanges,
        price: (@Sendable (inout CallRecord) -> Void)? = nil,
        flush: @escaping @Sendable () async -> Void
    ) {
        self.configuration = configuration
        self.sink = sink
        self.open = open
        self.price = price
        flushing = flush
    }

    /// The number of calls in flight.
    public var openCalls: Int { open.count }

    /// Creates the exchange of an attempt that begins.
    ///
    /// - Parameters:
    ///   - request: The request's head, with its authority.
    ///   - context: The metadata of the call.
    /// - Returns: The exchange, to be fed with the attempt's bodies and the response's head.
    public func exchange(for request: HTTPRequest, context: CallContext = CallContext()) -> Exchange {
        let scopes = recordingScopes
        let recorder = scopes.isEmpty ? nil : RecordedAttemptSink(sink, scopes, price: price)
        let exchange = Exchange(
            request: request,
            tags: context.tags,
            operationID: context.operationID,
            attempt: context.attempt,
            configuration: configuration,
            sink: sink,
            list: open,
            decision: context.decision,
            recorder: recorder
        )
        if let note = context.includeUsageNote { exchange.note(note) }
        open.add(exchange.state)
        recorder?.begin(exchange.state)
        return exchange
    }

    /// Delivers an interim record of every call that has been in flight for some time, once for each call.
    ///
    /// If the program dies, such calls are ``Outcome/interrupted`` instead of lost.
    ///
    /// - Parameter age: The time for which a call must have been in flight.
    public func recordOpenCalls(olderThan age: Duration) {
        let (seconds, attoseconds) = age.components
        let nanoseconds = seconds * 1_000_000_000 + attoseconds / 1_000_000_000
        let latest = configuration.clock.monotonicNanoseconds - nanoseconds
        for record in open.openRecords(startedBefore: latest) { sink.recordOpen(record) }
    }

    /// Ends the records of all calls in flight as ``Outcome/interrupted``, for a program that ends.
    ///
    /// The calls themselves continue unobserved.
    public func endOpenCalls() {
        for (record, recorder) in open.end(.interrupted) { (recorder ?? sink).record(record) }
    }

    /// Returns when every record that was delivered before is stored, or lost and counted.
    public func flush() async {
        await flushing()
    }
}

extension HTTPRequest {
    /// The request as it is sent: without the fields that are meant for the meter.
    public var withoutUsageFields: HTTPRequest {
        guard headerFields.contains(.usageTags) else { return self }
        var request = self
        request.headerFields[.usageTags] = nil
        return request
    }
}
