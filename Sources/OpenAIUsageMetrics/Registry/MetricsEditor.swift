/// The identifier of a family in its registry.
package struct MetricFamilyID: Sendable, Hashable {
    let place: Int

    /// The identifier of a family that could not be registered; operations on it change no value.
    static let invalid = MetricFamilyID(place: -1)
}

/// The identifier of a series, or of a histogram with all its series, in its registry.
package struct MetricCell: Sendable, Hashable {
    let family: Int
    let place: Int
}

/// Mutable access to a registry's values while its lock is held.
///
/// Invalid operations change no value; they are recorded in ``misuses`` for tests.
package struct MetricsEditor: Sendable {
    private(set) var families: [MetricFamily] = []
    private(set) var misuses: [MetricsError] = []
    /// Returns the time at which a series is created, in microseconds since 1970; `nil` for series without creation times.
    var createdAt: (@Sendable () -> Int64)?
    private var names: [String: Int] = [:]
    private var claimedNames: Set<String> = []

    /// The maximum number of recorded errors.
    private static let maximumMisuses = 16

    /// Returns the cell with the label values, creating it if necessary; `nil` if the family or their number is wrong.
    package mutating func cell(_ family: MetricFamilyID, _ labels: [String] = []) -> MetricCell? {
        guard families.indices.contains(family.place) else {
            misuse(MetricsError(.unknownFamily, family: "?", "it is not registered here"))
            return nil
        }
        guard let place = families[family.place].place(of: labels, createdAt) else {
            let descriptor = families[family.place].descriptor
            misuse(
                MetricsError(
                    .labelCount,
                    family: descriptor.name,
                    "\(labels.count) label values for \(descriptor.labelNames.count) label names"
                )
            )
            return nil
        }
        return MetricCell(family: family.place, place: place)
    }

    /// Adds to a counter or gauge.
    package mutating func add(_ number: MetricNumber, to cell: MetricCell?, exemplar: Exemplar? = nil) {
        guard let cell, families.indices.contains(cell.family) else { return }
        check(cell, families[cell.family].add(number, at: cell.place, exemplar: exemplar))
    }

    /// Sets a gauge; `nil` removes it from the exposition.
    package mutating func set(_ number: MetricNumber?, of cell: MetricCell?) {
        guard let cell, families.indices.contains(cell.family) else { return }
        check(cell, families[cell.family].set(number, at: cell.place))
    }

    /// Records an observation in a histogram.
    package mutating func observe(_ value: Double, in cell: MetricCell?, exemplar: Exemplar? = nil) {
        guard let cell, families.indices.contains(cell.family) else { return }
        check(cell, families[cell.family].observe(value, at: cell.place, exemplar: exemplar))
    }

    /// Replaces the counts and the sum of a histogram; the counts are not cumulative.
    package mutating func load(_ counts: [Int64], sum: Double, of cell: MetricCell?) {
        guard let cell, families.indices.contains(cell.family) else { return }
        check(cell, families[cell.family].load(counts, sum: sum, at: cell.place))
    }

    /// Adds to a counter or gauge, looking up its cell.
    package mutating func add(_ number: MetricNumber, to family: MetricFamilyID, _ labels: [String] = []) {
        add(number, to: cell(family, labels))
    }

    /// Records an observation in a histogram, looking up its cell.
    package mutating func observe(_ value: Double, in family: MetricFamilyID, _ labels: [String] = []) {
        observe(value, in: cell(family, labels))
    }

    /// Sets a series of the family with the name.
    mutating func set(_ number: MetricNumber?, named name: String, _ labels: [String]) {
        guard let place = names[name] else {
            misuse(MetricsError(.unknownFamily, family: name, "the collector did not declare it"))
            return
        }
        set(number, of: cell(MetricFamilyID(place: place), labels))
    }

    /// Registers a family; with `startsAtZero`, a counter without labels is exposed as 0 immediately.
    mutating func register(_ descriptor: MetricDescriptor, startsAtZero: Bool) -> MetricFamilyID {
        do throws(MetricsError) {
            try descriptor.validate()
            let claims = Set(descriptor.seriesNames).union([descriptor.name])
            guard claims.isDisjoint(with: claimedNames) else {
                throw MetricsError(.duplicate, family: descriptor.name, "another family has this name or produces it")
            }
            claimedNames.formUnion(claims)
        } catch {
            misuse(error)
            return .invalid
        }
        let family = MetricFamilyID(place: families.count)
        names[descriptor.name] = family.place
        families.append(MetricFamily(descriptor))
        if startsAtZero, descriptor.labelNames.isEmpty {
            let cell = cell(family)
            if descriptor.kind == .counter { set(.integer(0), of: cell) }
        }
        return family
    }

    /// Returns true if a registered family uses or reserves one of the names.
    func hasClaims(_ claims: Set<String>) -> Bool {
        claims.contains { claim in
            claimedNames.contains(claim)
                || (claim.hasSuffix("_created") && names[String(claim.dropLast(8))] != nil)
        }
    }

    mutating func misuse(_ error: MetricsError) {
        if misuses.count < Self.maximumMisuses { misuses.append(error) }
    }

    private mutating func check(_ cell: MetricCell, _ succeeded: Bool) {
        guard !succeeded else { return }
        misuse(
            MetricsError(
                .kind,
                family: families[cell.family].descriptor.name,
                "the value or the operation does not fit a \(families[cell.family].descriptor.kind.rawValue)"
            )
        )
    }
}
