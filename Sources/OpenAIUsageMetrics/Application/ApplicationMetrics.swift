import Synchronization

/// An application's own metrics, exposed beside the library's.
///
/// Names and labels are chosen by the application and cleaned for Prometheus. The number of series is limited: anything
/// beyond a limit is counted in the family's series with the label `otel_metric_overflow`.
package final class ApplicationMetrics: Sendable {
    private static let refused = MetricDescriptor.counter(
        "oai_usage_application_metrics_refused",
        labels: ["reason"],
        help: "Metrics that the application has made and that are not shown, or only under otel_metric_overflow."
    )

    private let registry: MetricsRegistry
    private let state = Mutex((register: ApplicationRegistry(), isUsed: false))

    init(_ registry: MetricsRegistry) {
        self.registry = registry
        registry.registerSource { [weak self] in self?.families() ?? [] }
    }

    /// Returns a handle for a metric's series, creating the series if necessary.
    ///
    /// - Parameters:
    ///   - kind: The kind of the metric.
    ///   - label: The metric's name.
    ///   - dimensions: The names and values of the series' labels.
    ///   - buckets: The upper bounds of a histogram, finite and ascending; the first handle of a family determines
    ///     them.
    /// - Returns: The handle; updates to a rejected metric are discarded.
    package func metric(
        _ kind: ApplicationMetricKind,
        label: String,
        dimensions: [(String, String)],
        buckets: [Double] = []
    ) -> ApplicationMetric {
        let labels = ApplicationLabels(dimensions)
        let (place, series) = state.withLock { state in
            state.isUsed = true
            return state.register.use(
                kind,
                label: label,
                labels: labels,
                buckets: buckets,
                isTaken: registry.hasClaims
            )
        }
        return ApplicationMetric(series, at: place, in: self)
    }

    func leave(_ place: ApplicationRegistry.Place, removing isRemoved: Bool) {
        state.withLock { $0.register.leave(place, removing: isRemoved) }
    }

    private func families() -> [MetricFamily] {
        let (register, isUsed) = state.withLock { $0 }
        guard isUsed else { return [] }
        var refused = MetricFamily(Self.refused)
        for reason in ApplicationRegistry.RejectionReason.allCases {
            guard let place = refused.place(of: [reason.rawValue]) else { continue }
            _ = refused.set(.integer(register.rejections[reason] ?? 0), at: place)
        }
        return [refused] + register.families.values.map { $0.snapshot() }
    }
}
