public import CoreMetrics
public import OpenAIUsageMetrics

/// A backend for swift-metrics that adds a program's own metrics to the exposition of a `UsageMetrics`.
///
/// ```swift
/// MetricsSystem.bootstrap(UsageMetricsFactory(metrics))
/// ```
///
/// Counters become counters with the suffix `_total`, gauges and meters become gauges, recorders become histograms, and
/// timers become histograms in seconds with the suffix `_seconds`.
///
/// - Characters that Prometheus does not allow in a name become underscores. A name that the library uses itself, or that has
///   the prefix of its names, gets the prefix `app_`.
/// - The first metric of a name determines its type. A later one of another type gets a suffix: `_events` for a counter,
///   `_current` for a gauge, `_distribution` for a recorder, `_timer` for a timer. If that name is taken too, it is not
///   exposed.
/// - If the series of a name have different labels, each gets all of them, with empty values for those that it lacks.
/// - A counter or gauge has at most 400 series and 32 label names, a histogram 50 series, and there are at most 500 names.
///   All series together take at most 20,000 lines. Values beyond a cap go to one additional series with the label
///   `otel_metric_overflow`.
/// - `oai_usage_application_metrics_refused_total` counts the metrics that are not exposed or go to that series.
/// - Destroying a metric removes its series, unless another metric feeds the same one.
public struct UsageMetricsFactory: MetricsFactory {
    /// The default upper bounds of timers' buckets, in seconds.
    public static let defaultTimerBuckets: [Double] = [
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
    ]
    /// The default upper bounds of recorders' buckets, in the recorder's own unit.
    public static let defaultRecorderBuckets: [Double] = [
        0.01, 0.1, 1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 67_108_864,
    ]

    private let metrics: UsageMetrics
    private let timerBuckets: [Double]
    private let recorderBuckets: [Double]

    /// Creates a factory.
    ///
    /// - Parameters:
    ///   - metrics: The metrics whose exposition includes the program's own.
    ///   - timerBuckets: The upper bounds of timers' buckets, in seconds. They are sorted, and the default applies if none is
    ///     finite.
    ///   - recorderBuckets: The upper bounds of recorders' buckets, with the same rules.
    public init(
        _ metrics: UsageMetrics,
        timerBuckets: [Double] = defaultTimerBuckets,
        recorderBuckets: [Double] = defaultRecorderBuckets
    ) {
        self.metrics = metrics
        self.timerBuckets = Self.bounds(timerBuckets) ?? Self.defaultTimerBuckets
        self.recorderBuckets = Self.bounds(recorderBuckets) ?? Self.defaultRecorderBuckets
    }

    /// Creates a counter.
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        CounterAdapter(metrics.application.metric(.counter, label: label, dimensions: dimensions))
    }

    /// Creates a counter, which shares its series with an integer counter of the same name.
    public func makeFloatingPointCounter(
        label: String,
        dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        CounterAdapter(metrics.application.metric(.counter, label: label, dimensions: dimensions))
    }

    /// Creates a gauge.
    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        GaugeAdapter(metrics.application.metric(.gauge, label: label, dimensions: dimensions))
    }

    /// Creates a histogram, or a gauge if the recorder does not aggregate.
    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        guard aggregate else {
            return GaugeAdapter(metrics.application.metric(.gauge, label: label, dimensions: dimensions))
        }
        return HistogramAdapter(
            metrics.application.metric(.recorder, label: label, dimensions: dimensions, buckets: recorderBuckets)
        )
    }

    /// Creates a histogram in seconds.
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

    /// Removes the series of a histogram or a gauge.
    public func destroyRecorder(_ handler: any RecorderHandler) {
        (handler as? HistogramAdapter)?.metric.destroy()
        (handler as? GaugeAdapter)?.metric.destroy()
    }

    /// Removes a histogram's series.
    public func destroyTimer(_ handler: any TimerHandler) { (handler as? HistogramAdapter)?.metric.destroy() }

    /// Returns the finite bounds in ascending order; `nil` if there is none.
    private static func bounds(_ bounds: [Double]) -> [Double]? {
        let sorted = Set(bounds.filter(\.isFinite)).sorted()
        return sorted.isEmpty ? nil : sorted
    }
}
