/// The values that a collector supplies during a scrape.
package struct MetricsCollection: Sendable {
    private(set) var editor = MetricsEditor()

    init(_ descriptors: [MetricDescriptor]) {
        for descriptor in descriptors { _ = editor.register(descriptor, startsAtZero: false) }
    }

    /// Sets a series of a declared counter or gauge, named without `_total`; `nil` omits the series.
    package mutating func set(_ name: String, _ labels: [String], _ number: MetricNumber?) {
        guard let number else { return }
        editor.set(number, named: name, labels)
    }

    /// Sets the only series of a declared counter or gauge without labels; `nil` omits it.
    package mutating func set(_ name: String, _ number: MetricNumber?) {
        set(name, [], number)
    }
}
