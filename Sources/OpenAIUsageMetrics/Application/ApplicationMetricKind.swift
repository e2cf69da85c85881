/// What an application's own metric is.
package enum ApplicationMetricKind: Sendable {
    /// A sum that only grows.
    case counter
    /// A value of the moment.
    case gauge
    /// Observations of any unit, counted in buckets.
    case recorder
    /// Durations in seconds, counted in buckets.
    case timer

    /// The kind of the family that shows it.
    var family: MetricDescriptor.Kind {
        switch self {
        case .counter: .counter
        case .gauge: .gauge
        case .recorder, .timer: .histogram
        }
    }
}
