public import CoreMetrics
public import OpenAIUsageMetrics

/// Shows a program's own metrics in the exposition of a `UsageMetrics`.
///
/// ```swift
/// MetricsSystem.bootstrap(UsageMetricsFactory(metrics))
/// ```
///
/// Counters become counters, whose names end in `_total`; gauges and meters become gauges; recorders become histograms;
/// timers become histograms in seconds, whose names end in `_seconds`.
///
/// - What may not stand in a name becomes an underscore. A name that the library uses itself, or that begins as its own
///   do, gets `app_` before it.
/// - The first metric of a name decides its kind. Of another kind, a counter gets `_events` behind its name, a gauge
///   `_current`, a recorder `_distribution` and a timer `_timer`; if that is taken too, it is not shown.
/// - Series of one name may have different labels: each has all of them, those that it lacks without a value.
/// - A counter or gauge has at most 400 series and 32 label names, a histogram 50 series, and there are at most 500
///   names. What would pass a cap is counted in one series more, with the label `otel_metric_overflow`.
/// - What is refused or counted there shows in `oai_usage_application_metrics_refused_total`.
/// - A metric that is destroyed takes its series with it, unless another metric feeds the same series.
public struct UsageMetricsFactory: MetricsFactory {
    /// The upper bounds of timers' buckets, in seconds, unless told otherwise.
    public static let defaultTimerBuckets: [Double] = [
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
    ]
    /// The upper bounds of recorders' buckets, whose unit is their own, unless told otherwise.
    public static let defaultRecorderBuckets: [Double] = [
        0.01, 0.1, 1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 67_108_864,
    ]

    private let metrics: UsageMetrics
    private let timerBuckets: [Double]
    private let recorderBuckets: [Double]

    /// Creates a factory.
    ///
    /// - Parameters:
    ///   - metrics: Where the metrics are shown.
    ///   - timerBuckets: The upper bounds of timers' buckets, in seconds.
    ///   - recorderBuckets: The upper bounds of recorders' buckets.
    public init(
        _ metrics: UsageMetrics,
        timerBuckets: [Double] = defaultTimerBuckets,
        recorderBuckets: [Double] = defaultRecorderBuckets
    ) {
        self.metrics = metrics
        self.timerBuckets = Self.bounds(timerBuckets) ?? Self.defaultTimerBuckets
        self.recorderBuckets = Self.bounds(recorderBuckets) ?? Self.defaultRecorderBuckets
    }

    /// Makes a counter.
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        CounterAdapter(metrics.application.metric(.counter, label: label, dimensions: dimensions))
    }

    /// Makes a counter, which adds up with whole ones of the same name.
    public func makeFloatingPointCounter(
        label: String,
        dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        CounterAdapter(metrics.application.metric(.counter, label: label, dimensions: dimensions))
    }

    /// Makes a gauge.
    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        GaugeAdapter(metrics.application.metric(.gauge, label: label, dimensions: dimensions))
    }

    /// Makes a histogram, or a gauge of what is not to be aggregated.
    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        guard aggregate else {
            return GaugeAdapter(metrics.application.metric(.gauge, label: label, dimensions: dimensions))
        }
        return HistogramAdapter(
            metrics.application.metric(.recorder, label: label, dimensions: dimensions, buckets: recorderBuckets)
        )
    }

    /// Makes a histogram in seconds.
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        HistogramAdapter(
            metrics.application.metric(.timer, label: label, dimensions: dimensions, buckets: timerBuckets)
        )
    }

    /// Removes a counter's series.
    public func destroyCounter(_ handler: any CounterHandler) { (handler as? CounterAdapter)?.metric.destroy() }

    /// Removes a counter's series.
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {
        (handler as? CounterAdapter)?.metric.destroy()
    }

    /// Removes a gauge's series.
    public func destroyMeter(_ handler: any MeterHandler) { (handler as? GaugeAdapter)?.metric.destroy() }

    /// Removes a histogram's series, or a gauge's.
    public func destroyRecorder(_ handler: any RecorderHandler) {
        (handler as? HistogramAdapter)?.metric.destroy()
        (handler as? GaugeAdapter)?.metric.destroy()
    }

    /// Removes a histogram's series.
    public func destroyTimer(_ handler: any TimerHandler) { (handler as? HistogramAdapter)?.metric.destroy() }

    /// Bounds that are finite and ascend; `nil` if there is none.
    private static func bounds(_ bounds: [Double]) -> [Double]? {
        let sorted = Set(bounds.filter(\.isFinite)).sorted()
        return sorted.isEmpty ? nil : sorted
    }
}
