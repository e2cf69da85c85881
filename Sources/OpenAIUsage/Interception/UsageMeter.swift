public import HTTPTypes

/// What a program creates once to have its calls metered: where records go, and what all calls have in common.
///
/// Adapters of clients take a meter; so does ``UsageInterceptor``. A meter holds no connection and no thread of its own.
public final class UsageMeter: Sendable {
    /// What the calls have in common.
    public let configuration: ExchangeConfiguration
    private let sink: any UsageSink
    private let flushing: @Sendable () async -> Void

    /// Creates a meter.
    ///
    /// - Parameters:
    ///   - sink: Where the records go.
    ///   - configuration: What the calls have in common.
    ///   - flush: What ``flush()`` waits for: that everything handed to the sink is kept.
    public init(
        sink: any UsageSink,
        configuration: ExchangeConfiguration = ExchangeConfiguration(),
        flush: @escaping @Sendable () async -> Void = {}
    ) {
        self.sink = sink
        self.configuration = configuration
        flushing = flush
    }

    /// Begins to observe an attempt.
    ///
    /// - Parameters:
    ///   - request: The request's head, with its authority.
    ///   - context: What is known of the call beside the request.
    /// - Returns: The observer, to be fed with what passes by.
    public func exchange(for request: HTTPRequest, context: CallContext = CallContext()) -> Exchange {
        Exchange(
            request: request,
            tags: context.tags,
            operationID: context.operationID,
            attempt: context.attempt,
            configuration: configuration,
            sink: sink
        )
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
