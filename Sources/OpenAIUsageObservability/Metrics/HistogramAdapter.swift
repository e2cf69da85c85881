import CoreMetrics
import OpenAIUsageMetrics

/// Feeds a histogram with values, or with durations.
final class HistogramAdapter: RecorderHandler, TimerHandler {
    let metric: ApplicationMetric

    init(_ metric: ApplicationMetric) { self.metric = metric }

    func record(_ value: Int64) { metric.observe(Double(value)) }
    func record(_ value: Double) { metric.observe(value) }
    // A clock that was set back makes a duration negative, and a sum that falls looks like a restart.
    func recordNanoseconds(_ duration: Int64) { metric.observe(Double(max(duration, 0)) / 1_000_000_000) }
}
