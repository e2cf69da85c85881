/// The name, kind, help text and labels of a metric family.
package struct MetricDescriptor: Sendable, Hashable {
    /// The type of a metric family.
    package enum Kind: String, Sendable {
        /// A monotonically increasing sum.
        case counter
        /// A current value.
        case gauge
        /// Observations counted in buckets.
        case histogram
    }

    /// The family's name; for a counter, without `_total`.
    package let name: String
    /// The type of the family.
    package let kind: Kind
    /// The help text, as a sentence.
    package let help: String
    /// The unit, which is also the suffix of the name; `nil` if there is none.
    package let unit: String?
    /// The names of the labels, in the order of their values.
    package let labelNames: [String]
    /// The buckets of a histogram; `nil` for other kinds.
    package let buckets: HistogramBuckets?

    /// Creates a counter; its name is given without `_total`.
    package static func counter(_ name: String, unit: String? = nil, labels: [String] = [], help: String) -> Self {
        Self(name: name, kind: .counter, help: help, unit: unit, labelNames: labels, buckets: nil)
    }

    /// Creates a gauge.
    package static func gauge(_ name: String, unit: String? = nil, labels: [String] = [], help: String) -> Self {
        Self(name: name, kind: .gauge, help: help, unit: unit, labelNames: labels, buckets: nil)
    }

    /// Creates a histogram.
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

    /// The names of the family's series.
    package var seriesNames: [String] { Self.seriesNames(name, kind) }

    private static func seriesNames(_ name: String, _ kind: Kind) -> [String] {
        switch kind {
        case .counter: [name + "_total"]
        case .gauge: [name]
        case .histogram: [name + "_bucket", name + "_sum", name + "_count"]
        }
    }

    /// The names that no other family may use, including those that OpenMetrics reserves.
    package var claimedNames: Set<String> { Self.claimedNames(name, kind) }

    /// Returns the names that a family of the name and kind claims.
    static func claimedNames(_ name: String, _ kind: Kind) -> Set<String> {
        Set(seriesNames(name, kind)).union(kind == .gauge ? [name] : [name, name + "_created"])
    }

    /// Returns the descriptor with other label names.
    func with(labelNames: [String]) -> Self {
        Self(name: name, kind: kind, help: help, unit: unit, labelNames: labelNames, buckets: buckets)
    }

    /// Returns the descriptor with another help text.
    func with(help: String) -> Self {
        Self(name: name, kind: kind, help: help, unit: unit, labelNames: labelNames, buckets: buckets)
    }

    /// Checks that the family can be exposed.
    ///
    /// - Throws: A ``MetricsError`` that describes the first problem.
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
            throw MetricsError(.invalidLabelName, family: name, "a label name is duplicated; remove one")
        }
        if let unit, !(MetricName.isValid(unit) && name.hasSuffix("_" + unit)) {
            throw MetricsError(.invalidName, family: name, "the name must end in _\(unit), its unit")
        }
        if let buckets, !buckets.isValid {
            throw MetricsError(.invalidBuckets, family: name, "the bounds must be finite and ascend")
        }
    }
}
