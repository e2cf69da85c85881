/// What a collector reads at the time of a scrape.
package struct MetricsCollection: Sendable {
    private(set) var editor = MetricsEditor()

    init(_ descriptors: [MetricDescriptor]) {
        for descriptor in descriptors { _ = editor.register(descriptor, startsAtZero: false) }
    }

    /// Sets the value of a series of a declared counter or gauge, named without `_total`; `nil` leaves it out.
    package mutating func set(_ name: String, _ labels: [String], _ number: MetricNumber?) {
        guard let number else { return }
        editor.set(number, named: name, labels)
    }

    /// Sets the value of the one series of a declared counter or gauge without labels.
    package mutating func set(_ name: String, _ number: MetricNumber?) {
        set(name, [], number)
    }
}
