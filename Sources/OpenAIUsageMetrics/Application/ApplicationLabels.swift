/// The labels of one series of an application metric, sorted by name.
///
/// Labels with an empty value are dropped, because Prometheus treats them as absent.
struct ApplicationLabels: Sendable, Hashable {
    /// The names, without duplicates.
    let names: [String]
    /// The values, none of them empty.
    let values: [String]

    /// The labels of the series that counts everything beyond a limit.
    static let overflow = ApplicationLabels([("otel_metric_overflow", "true")])

    /// Creates labels from names and values; if two names are equal after cleaning, the last one wins.
    init(_ dimensions: [(String, String)]) {
        var labels: [String: String] = [:]
        for (name, value) in dimensions {
            let value = LabelValue.clean(value)
            labels[ApplicationMetricName.label(name)] = value.isEmpty ? nil : value
        }
        let sorted = labels.sorted { $0.key < $1.key }
        names = sorted.map(\.key)
        values = sorted.map(\.value)
    }

    /// Returns the values for the given names; empty for names that the series lacks.
    func values(of labelNames: [String]) -> [String] {
        guard labelNames != names else { return values }
        let own = Dictionary(uniqueKeysWithValues: zip(names, values))
        return labelNames.map { own[$0] ?? "" }
    }
}
