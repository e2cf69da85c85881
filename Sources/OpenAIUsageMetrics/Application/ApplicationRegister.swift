/// The families of an application's own metrics: their names, and the guard of their number.
struct ApplicationRegister: Sendable {
    /// Where a series stands.
    struct Place: Sendable, Hashable {
        let family: String
        let labels: ApplicationLabels
    }

    /// Why a metric is not shown, or not by itself.
    enum Refusal: String, Sendable, CaseIterable {
        /// Its name is that of two other kinds.
        case nameTaken = "name_taken"
        /// There are too many families.
        case tooManyFamilies = "too_many_families"
        /// There are too many series; it is shown under `otel_metric_overflow`.
        case tooManySeries = "too_many_series"
    }

    /// The most families.
    static let maximumFamilies = 500
    /// The most lines that all series may take in a scrape, one overflow series a family not counted.
    static let maximumSamples = 20_000

    private(set) var families: [String: ApplicationFamily] = [:]
    private(set) var refusals: [Refusal: Int64] = [:]
    private var claimedNames: Set<String> = []
    private var samples = 0

    /// Finds the series of a metric, which is made if there is none; one that is refused has no place.
    mutating func use(
        _ kind: ApplicationMetricKind,
        label: String,
        labels: ApplicationLabels,
        buckets: [Double],
        isTaken: (Set<String>) -> Bool
    ) -> (place: Place?, series: ApplicationSeries) {
        let name: String
        switch family(kind, label: label, buckets: buckets, isTaken: isTaken) {
        case .success(let found): name = found
        case .failure(let refusal):
            refusals[refusal.reason, default: 0] += 1
            return (nil, ApplicationSeries(MetricDescriptor.gauge(label, help: "")))
        }
        guard var family = families.removeValue(forKey: name) else {
            return (nil, ApplicationSeries(MetricDescriptor.gauge(label, help: "")))
        }
        var place = Place(family: name, labels: labels)
        if family.entries[labels] == nil {
            if family.hasRoom(for: labels), samples + family.samples <= Self.maximumSamples {
                samples += family.samples
            } else {
                refusals[.tooManySeries, default: 0] += 1
                place = Place(family: name, labels: .overflow)
            }
        }
        let series = family.use(place.labels)
        families[name] = family
        return (place, series)
    }

    /// Takes a handle from a series, and a family that has none left out.
    mutating func leave(_ place: Place, removing isRemoved: Bool) {
        guard var family = families.removeValue(forKey: place.family) else { return }
        if family.leave(place.labels, removing: isRemoved), place.labels != .overflow { samples -= family.samples }
        if family.entries.isEmpty {
            claimedNames.subtract(family.descriptor.claimedNames)
        } else {
            families[place.family] = family
        }
    }

    private struct Refused: Error {
        let reason: Refusal
    }

    /// The name of a metric's family, which is made if there is none.
    private mutating func family(
        _ kind: ApplicationMetricKind,
        label: String,
        buckets: [Double],
        isTaken: (Set<String>) -> Bool
    ) -> Result<String, Refused> {
        var plain = ApplicationMetricName.family(label, kind)
        if isTaken(MetricDescriptor.claimedNames(plain, kind.family)) {
            plain = ApplicationMetricName.applicationPrefix + plain
        }
        for name in [plain, ApplicationMetricName.distinct(plain, kind)] {
            if let family = families[name] {
                if family.kind == kind { return .success(name) }
                continue
            }
            let claims = MetricDescriptor.claimedNames(name, kind.family)
            guard claims.isDisjoint(with: claimedNames), !isTaken(claims) else { continue }
            guard families.count < Self.maximumFamilies else { return .failure(Refused(reason: .tooManyFamilies)) }
            claimedNames.formUnion(claims)
            families[name] = ApplicationFamily(kind, name: name, label: label, buckets: buckets)
            return .success(name)
        }
        return .failure(Refused(reason: .nameTaken))
    }
}
