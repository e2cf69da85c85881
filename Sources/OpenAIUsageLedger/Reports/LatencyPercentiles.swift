/// The percentiles of a latency by nearest rank: the smallest value that the given share of calls does not exceed.
///
/// They are exact for few calls, and within 1 % for many.
public struct LatencyPercentiles: Sendable, Equatable {
    package var p50Microseconds: Int64
    package var p95Microseconds: Int64
    package var p99Microseconds: Int64

    /// The median.
    public var p50: Duration { .microseconds(p50Microseconds) }
    /// The 95th percentile.
    public var p95: Duration { .microseconds(p95Microseconds) }
    /// The 99th percentile.
    public var p99: Duration { .microseconds(p99Microseconds) }
}
