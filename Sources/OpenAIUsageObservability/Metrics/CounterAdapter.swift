import CoreMetrics
import OpenAIUsageMetrics

/// Adapts a counter of swift-metrics.
final class CounterAdapter: CounterHandler, FloatingPointCounterHandler {
    let metric: ApplicationMetric

    init(_ metric: ApplicationMetric) { self.metric = metric }

    func increment(by amount: Int64) { metric.increment(by: amount) }
    func increment(by amount: Double) { metric.increment(by: amount) }
    func reset() { metric.reset() }
}
