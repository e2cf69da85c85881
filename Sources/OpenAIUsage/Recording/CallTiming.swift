/// The latencies of an attempt, in microseconds from its start unless stated otherwise.
public struct CallTiming: Sendable, Equatable {
    /// The time to the end of the attempt.
    public var duration: Int64?
    /// The time to the response's head.
    public var timeToHeaders: Int64?
    /// The time to the first event with content; streams only.
    public var timeToFirstToken: Int64?
    /// The provider's own figure (`openai-processing-ms`), in microseconds; on streams, the time to the first bytes.
    public var processing: Int64?
    /// The time that the provider's inner proxy waited (`x-envoy-upstream-service-time`), in microseconds.
    public var upstreamService: Int64?
    /// The time that the gateway itself added, in microseconds: from the request's arrival to its departure, and back.
    public var gateway: Int64?

    /// Creates a timing with nothing measured.
    public init() {}
}
