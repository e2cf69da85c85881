import Synchronization

/// A handle that updates one series of an application metric.
///
/// Several handles may share a series. The series stays when its handles are released, and is removed when its last
/// handle is destroyed. Methods are safe to call from any thread and have no effect on metrics of another kind.
package final class ApplicationMetric: Sendable {
    private let series: ApplicationSeries
    private let place: ApplicationRegistry.Place?
    private let metrics: ApplicationMetrics
    private let isDestroyed = Atomic<Bool>(false)

    init(_ series: ApplicationSeries, at place: ApplicationRegistry.Place?, in metrics: ApplicationMetrics) {
        self.series = series
        self.place = place
        self.metrics = metrics
    }

    deinit {
        leave(removing: false)
    }

    /// Adds to a counter; amounts that are not positive are ignored.
    package func increment(by amount: Int64) { series.increment(by: amount) }

    /// Adds to a counter; amounts that are not positive, or that would make it infinite, are ignored.
    package func increment(by amount: Double) { series.increment(by: amount) }

    /// Resets a counter to zero.
    package func reset() { series.reset() }

    /// Sets a gauge.
    package func set(_ value: Int64) { series.set(.integer(value)) }

    /// Sets a gauge.
    package func set(_ value: Double) { series.set(.double(value)) }

    /// Adds to a gauge.
    package func add(_ amount: Double) { series.add(amount) }

    /// Records an observation in a histogram; infinite and NaN values are ignored.
    package func observe(_ value: Double) { series.observe(value) }

    /// Removes the series from the exposition, unless another handle shares it; later updates are lost.
    package func destroy() {
        leave(removing: true)
    }

    private func leave(removing isRemoved: Bool) {
        guard let place, !isDestroyed.exchange(true, ordering: .relaxed) else { return }
        metrics.leave(place, removing: isRemoved)
    }
}
