import CoreMetrics
import OpenAIUsageMetrics

/// Adapts a meter of swift-metrics, or a recorder that does not aggregate, to a gauge.
final class GaugeAdapter: MeterHandler, RecorderHandler {
    let metric: ApplicationMetric

    init(_ metric: ApplicationMetric) { self.metric = metric }

    func set(_ value: Int64) { metric.set(value) }
    func set(_ value: Double) { metric.set(value) }
    func record(_ value: Int64) { metric.set(value) }
    func record(_ value: Double) { metric.set(value) }
    func increment(by amount: Double) { metric.add(amount) }
    func decrement(by amount: Double) { metric.add(-amount) }
}
