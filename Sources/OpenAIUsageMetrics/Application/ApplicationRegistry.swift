/// The families of application metrics, with their names and limits.
struct ApplicationRegistry: Sendable {
    /// The location of a series.
    struct Place: Sendable, Hashable {
        let family: String
        let labels: ApplicationLabels
    }

    /// The reason why a metric is not exposed, or only in the overflow series.
    enum RejectionReason: String, Sendable, CaseIterable {
        /// Its name and the alternative name are both taken.
        case nameTaken = "name_taken"
        /// There are too many families.
        case tooManyFamilies = "too_many_families"
        /// There are too many series; it is counted under `otel_metric_overflow`.
        case tooManySeries = "too_many_series"
    }

    /// The maximum number of families.
    static let maximumFamilies = 500
    /// The maximum number of lines that all series take in a scrape, not counting one overflow series per family.
    static let maximumSamples = 20_000

    private(set) var families: [String: ApplicationFamily] = [:]
    private(set) var rejections: [RejectionReason: Int64] = [:]
    private var claimedNames: Set<String> = []
    private var samples = 0

    /// Returns the series of a metric, creating it if necessary; a rejected metric has no place.
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
        case .failure(let rejection):
            rejections[rejection.reason, default: 0] += 1
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
                rejections[.tooManySeries, default: 0] += 1
                place = Place(family: name, labels: .overflow)
            }
        }
        let series = family.use(place.labels)
        families[name] = family
        return (place, series)
    }

    /// Removes a handle from a series, and removes a family without series.
    mutating func leave(_ place: Place, removing isRemoved: Bool) {
        guard var family = families.removeValue(forKey: place.family) else { return }
        if family.leave(place.labels, removing: isRemoved), place.labels != .overflow { samples -= family.samples }
        if family.entries.isEmpty {
            claimedNames.subtract(family.descriptor.claimedNames)
        } else {
            families[place.family] = family
        }
    }

    private struct Rejected: Error {
        let reason: RejectionReason
    }

    /// Returns the name of a metric's family, creating the family if necessary.
    private mutating func family(
        _ kind: ApplicationMetricKind,
        label: String,
        buckets: [Double],
        isTaken: (Set<String>) -> Bool
    ) -> Result<String, Rejected> {
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
            guard families.count < Self.maximumFamilies else { return .failure(Rejected(reason: .tooManyFamilies)) }
            claimedNames.formUnion(claims)
            families[name] = ApplicationFamily(kind, name: name, label: label, buckets: buckets)
            return .success(name)
        }
        return .failure(Rejected(reason: .nameTaken))
    }
}
