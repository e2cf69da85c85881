import CoreMetrics
import OpenAIUsageMetrics

/// Adapts a recorder or a timer of swift-metrics to a histogram.
final class HistogramAdapter: RecorderHandler, TimerHandler {
    let metric: ApplicationMetric

    init(_ metric: ApplicationMetric) { self.metric = metric }

    func record(_ value: Int64) { metric.observe(Double(value)) }
    func record(_ value: Double) { metric.observe(value) }
    // A clock that is set back makes a duration negative; a decreasing sum would look like a restart.
    func recordNanoseconds(_ duration: Int64) { metric.observe(Double(max(duration, 0)) / 1_000_000_000) }
}
