/// An application metric and its series, whose label names may differ.
struct ApplicationFamily: Sendable {
    /// A series and the number of handles that update it.
    struct Entry: Sendable {
        let series: ApplicationSeries
        var users = 0
    }

    /// The maximum number of distinct label names across the series of a family.
    static let maximumLabelNames = 32

    let kind: ApplicationMetricKind
    /// The descriptor without label names, which depend on the current series.
    let descriptor: MetricDescriptor
    private(set) var entries: [ApplicationLabels: Entry] = [:]
    private var labelNames: [String: Int] = [:]

    init(_ kind: ApplicationMetricKind, name: String, label: String, buckets: [Double]) {
        let help = "The application's metric \(LabelValue.clean(label))."
        self.kind = kind
        descriptor =
            switch kind {
            case .counter: .counter(name, help: help)
            case .gauge: .gauge(name, help: help)
            case .recorder: .histogram(name, buckets: buckets, help: help)
            case .timer: .histogram(name, unit: "seconds", buckets: buckets, help: help)
            }
    }

    /// The number of lines that a series takes in a scrape.
    var samples: Int { descriptor.buckets.map { $0.texts.count + 2 } ?? 1 }

    /// The maximum number of series, not counting the overflow series.
    var capacity: Int { descriptor.kind == .histogram ? 50 : 400 }

    /// Returns true if there is room for a series with the labels.
    func hasRoom(for labels: ApplicationLabels) -> Bool {
        let names = labelNames.count + labels.names.count { labelNames[$0] == nil }
        return entries.count < capacity && names <= Self.maximumLabelNames
    }

    /// Adds a handle to the series with the labels, creating the series if necessary.
    mutating func use(_ labels: ApplicationLabels) -> ApplicationSeries {
        var entry = entries[labels] ?? Entry(series: ApplicationSeries(descriptor))
        if entries[labels] == nil { for name in labels.names { labelNames[name, default: 0] += 1 } }
        entry.users += 1
        entries[labels] = entry
        return entry.series
    }

    /// Removes a handle from a series, and removes the series with its last handle if `isRemoved` is true.
    ///
    /// - Returns: True if the series was removed.
    mutating func leave(_ labels: ApplicationLabels, removing isRemoved: Bool) -> Bool {
        guard var entry = entries[labels] else { return false }
        entry.users -= 1
        entries[labels] = isRemoved && entry.users <= 0 ? nil : entry
        guard entries[labels] == nil else { return false }
        for name in labels.names {
            let count = (labelNames[name] ?? 0) - 1
            labelNames[name] = count > 0 ? count : nil
        }
        return true
    }

    /// Returns the current values; every series has the label names of all.
    func snapshot() -> MetricFamily {
        let names = labelNames.keys.sorted()
        var family = MetricFamily(descriptor.with(labelNames: names))
        for (labels, entry) in entries {
            guard let place = family.place(of: labels.values(of: names)) else { continue }
            switch entry.series.value {
            case .counter(let whole, let real):
                _ = family.set(real == 0 ? .integer(whole) : .double(Double(whole) + real), at: place)
            case .gauge(let number): _ = family.set(number, at: place)
            case .histogram(let counts, let sum): _ = family.load(counts, sum: sum, at: place)
            }
        }
        return family
    }
}
