/// The percentiles of a latency by nearest rank: the smallest value that the given share of calls does not exceed.
///
/// They are exact for few calls, and within 1 % for many.
public struct LatencyPercentiles: Sendable, Equatable {
    /// The median, in microseconds.
    public var p50: Int64
    /// The 95th percentile, in microseconds.
    public var p95: Int64
    /// The 99th percentile, in microseconds.
    public var p99: Int64
}
