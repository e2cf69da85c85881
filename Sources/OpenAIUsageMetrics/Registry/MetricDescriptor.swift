/// What a family of series is: its name, kind, meaning and labels.
package struct MetricDescriptor: Sendable, Hashable {
    /// What the values of a family mean.
    package enum Kind: String, Sendable {
        /// A sum that only grows.
        case counter
        /// A value of the moment.
        case gauge
        /// Observations counted in buckets.
        case histogram
    }

    /// The family's name, for a counter without its `_total`.
    package let name: String
    /// What the values mean.
    package let kind: Kind
    /// What the family tells, in a sentence.
    package let help: String
    /// The unit in which the name ends.
    package let unit: String?
    /// The names of the labels, in the order of their values.
    package let labelNames: [String]
    /// The buckets of a histogram.
    package let buckets: HistogramBuckets?

    /// A counter; its name is given without `_total`.
    package static func counter(_ name: String, unit: String? = nil, labels: [String] = [], help: String) -> Self {
        Self(name: name, kind: .counter, help: help, unit: unit, labelNames: labels, buckets: nil)
    }

    /// A gauge.
    package static func gauge(_ name: String, unit: String? = nil, labels: [String] = [], help: String) -> Self {
        Self(name: name, kind: .gauge, help: help, unit: unit, labelNames: labels, buckets: nil)
    }

    /// A histogram.
    package static func histogram(
        _ name: String,
        unit: String? = nil,
        labels: [String] = [],
        buckets: [Double],
        help: String
    ) -> Self {
        Self(
            name: name,
            kind: .histogram,
            help: help,
            unit: unit,
            labelNames: labels,
            buckets: HistogramBuckets(buckets)
        )
    }

    /// The names of the series that the family produces.
    package var seriesNames: [String] { Self.seriesNames(name, kind) }

    private static func seriesNames(_ name: String, _ kind: Kind) -> [String] {
        switch kind {
        case .counter: [name + "_total"]
        case .gauge: [name]
        case .histogram: [name + "_bucket", name + "_sum", name + "_count"]
        }
    }

    /// The names that no other family may have or produce, those included that OpenMetrics keeps back.
    package var claimedNames: Set<String> { Self.claimedNames(name, kind) }

    /// The names that a family of the name and kind would keep others from.
    static func claimedNames(_ name: String, _ kind: Kind) -> Set<String> {
        Set(seriesNames(name, kind)).union(kind == .gauge ? [name] : [name, name + "_created"])
    }

    /// The same family with other labels.
    func with(labelNames: [String]) -> Self {
        Self(name: name, kind: kind, help: help, unit: unit, labelNames: labelNames, buckets: buckets)
    }

    /// The same family with another meaning.
    func with(help: String) -> Self {
        Self(name: name, kind: kind, help: help, unit: unit, labelNames: labelNames, buckets: buckets)
    }

    /// Throws what keeps the family from being exposed.
    package func validate() throws(MetricsError) {
        guard MetricName.isValid(name), kind != .counter || !name.hasSuffix("_total") else {
            throw MetricsError(
                .invalidName,
                family: name,
                "the name must match [a-zA-Z_][a-zA-Z0-9_]*, and a counter's is given without _total"
            )
        }
        for label in labelNames where !MetricName.isValidLabel(label) {
            throw MetricsError(
                .invalidLabelName,
                family: name,
                "the label name '\(label)' must match [a-zA-Z_][a-zA-Z0-9_]*, not start with __, and not be le or quantile"
            )
        }
        guard Set(labelNames).count == labelNames.count else {
            throw MetricsError(.invalidLabelName, family: name, "a label name stands there twice; remove one")
        }
        if let unit, !(MetricName.isValid(unit) && name.hasSuffix("_" + unit)) {
            throw MetricsError(.invalidName, family: name, "the name must end in _\(unit), its unit")
        }
        if let buckets, !buckets.isValid {
            throw MetricsError(.invalidBuckets, family: name, "the bounds must be finite and ascend")
        }
    }
}
