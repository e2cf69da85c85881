/// The labels of one series of an application's own metric, sorted by name.
///
/// A label without a value is none, as Prometheus has it.
struct ApplicationLabels: Sendable, Hashable {
    /// The names, all different.
    let names: [String]
    /// The values, none of them empty.
    let values: [String]

    /// What stands for all that would pass a cap.
    static let overflow = ApplicationLabels([("otel_metric_overflow", "true")])

    /// Creates labels; of two that come to the same name the last wins.
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

    /// The values of the given names; empty where there is none.
    func values(of labelNames: [String]) -> [String] {
        guard labelNames != names else { return values }
        let own = Dictionary(uniqueKeysWithValues: zip(names, values))
        return labelNames.map { own[$0] ?? "" }
    }
}
