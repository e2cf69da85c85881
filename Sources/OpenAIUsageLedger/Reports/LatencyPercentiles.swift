/// The percentiles of a latency: the smallest value that so many of the calls do not exceed.
///
/// They are exact over few calls, and within 1 % over many.
public struct LatencyPercentiles: Sendable, Equatable {
    /// The value that half of the calls do not exceed, in microseconds.
    public var p50: Int64
    /// The value that 95 of 100 calls do not exceed, in microseconds.
    public var p95: Int64
    /// The value that 99 of 100 calls do not exceed, in microseconds.
    public var p99: Int64
}
