/// The latencies of an attempt, from its start unless stated otherwise; `nil` for what was not measured.
public struct CallTiming: Sendable, Equatable {
    package var durationMicroseconds: Int64?
    package var timeToHeadersMicroseconds: Int64?
    package var timeToFirstTokenMicroseconds: Int64?
    package var processingMicroseconds: Int64?
    package var upstreamServiceMicroseconds: Int64?
    package var gatewayMicroseconds: Int64?

    /// Creates a timing.
    public init(
        duration: Duration? = nil,
        timeToHeaders: Duration? = nil,
        timeToFirstToken: Duration? = nil,
        processing: Duration? = nil,
        upstreamService: Duration? = nil,
        gateway: Duration? = nil
    ) {
        durationMicroseconds = duration?.microseconds
        timeToHeadersMicroseconds = timeToHeaders?.microseconds
        timeToFirstTokenMicroseconds = timeToFirstToken?.microseconds
        processingMicroseconds = processing?.microseconds
        upstreamServiceMicroseconds = upstreamService?.microseconds
        gatewayMicroseconds = gateway?.microseconds
    }

    /// The time to the end of the attempt, or until its client left.
    public var duration: Duration? {
        get { durationMicroseconds.map { .microseconds($0) } }
        set { durationMicroseconds = newValue?.microseconds }
    }

    /// The time to the response's head.
    public var timeToHeaders: Duration? {
        get { timeToHeadersMicroseconds.map { .microseconds($0) } }
        set { timeToHeadersMicroseconds = newValue?.microseconds }
    }

    /// The time to the first event with content; streams only.
    public var timeToFirstToken: Duration? {
        get { timeToFirstTokenMicroseconds.map { .microseconds($0) } }
        set { timeToFirstTokenMicroseconds = newValue?.microseconds }
    }

    /// The provider's own figure (`openai-processing-ms`); on streams, the time to the first bytes.
    public var processing: Duration? {
        get { processingMicroseconds.map { .microseconds($0) } }
        set { processingMicroseconds = newValue?.microseconds }
    }

    /// The time that the provider's inner proxy waited (`x-envoy-upstream-service-time`).
    public var upstreamService: Duration? {
        get { upstreamServiceMicroseconds.map { .microseconds($0) } }
        set { upstreamServiceMicroseconds = newValue?.microseconds }
    }

    /// The time that the gateway itself added: from the request's arrival to its departure, and back.
    public var gateway: Duration? {
        get { gatewayMicroseconds.map { .microseconds($0) } }
        set { gatewayMicroseconds = newValue?.microseconds }
    }
}

extension Duration {
    /// The duration in whole microseconds; the longest one that fits for a longer one.
    package var microseconds: Int64 {
        let (seconds, attoseconds) = components
        return Int64(clamping: Int128(seconds) * 1_000_000 + Int128(attoseconds / 1_000_000_000_000))
    }
}
