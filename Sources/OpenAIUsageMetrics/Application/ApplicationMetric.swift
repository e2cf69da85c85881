import Synchronization

/// A handle on one series of an application's own metric, by which it is fed.
///
/// Several handles may feed a series. It stays when they go away, and goes with the last one if that is destroyed.
package final class ApplicationMetric: Sendable {
    private let series: ApplicationSeries
    private let place: ApplicationRegister.Place?
    private let metrics: ApplicationMetrics
    private let isDestroyed = Atomic<Bool>(false)

    init(_ series: ApplicationSeries, at place: ApplicationRegister.Place?, in metrics: ApplicationMetrics) {
        self.series = series
        self.place = place
        self.metrics = metrics
    }

    deinit {
        leave(removing: false)
    }

    /// Adds to a counter.
    package func increment(by amount: Int64) { series.increment(by: amount) }

    /// Adds to a counter.
    package func increment(by amount: Double) { series.increment(by: amount) }

    /// Begins to count anew.
    package func reset() { series.reset() }

    /// Sets a gauge.
    package func set(_ value: Int64) { series.set(.integer(value)) }

    /// Sets a gauge.
    package func set(_ value: Double) { series.set(.double(value)) }

    /// Adds to a gauge.
    package func add(_ amount: Double) { series.add(amount) }

    /// Counts an observation.
    package func observe(_ value: Double) { series.observe(value) }

    /// Takes the series out of the exposition, unless another handle feeds it; what is fed later is lost.
    package func destroy() {
        leave(removing: true)
    }

    private func leave(removing isRemoved: Bool) {
        guard let place, !isDestroyed.exchange(true, ordering: .relaxed) else { return }
        metrics.leave(place, removing: isRemoved)
    }
}
