/// The latencies of an attempt, in microseconds from its start unless said otherwise.
public struct CallTiming: Sendable, Equatable {
    /// Until the attempt ended.
    public var duration: Int64?
    /// Until the response's head arrived.
    public var timeToHeaders: Int64?
    /// Until the first event with content arrived; streams only.
    public var timeToFirstToken: Int64?
    /// The provider's own figure (`openai-processing-ms`), in microseconds; on streams it is the time to the first bytes.
    public var processing: Int64?
    /// How long the provider's inner proxy waited (`x-envoy-upstream-service-time`).
    public var upstreamService: Int64?
    /// What the gateway itself added: from the request's arrival to its departure, and back.
    public var gateway: Int64?

    /// Creates a timing with nothing measured.
    public init() {}
}
