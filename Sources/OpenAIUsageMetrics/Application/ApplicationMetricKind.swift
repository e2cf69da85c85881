/// The kind of an application metric.
package enum ApplicationMetricKind: Sendable {
    /// A monotonically increasing sum.
    case counter
    /// A current value.
    case gauge
    /// A histogram of observations in any unit.
    case recorder
    /// A histogram of durations in seconds.
    case timer

    /// The kind of the metric family.
    var family: MetricDescriptor.Kind {
        switch self {
        case .counter: .counter
        case .gauge: .gauge
        case .recorder, .timer: .histogram
        }
    }
}
