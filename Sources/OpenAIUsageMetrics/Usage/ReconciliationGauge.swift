/// The agreement of the ledger with the provider's bill, as the last reconciliation found it.
package struct ReconciliationGauge: Sendable, Equatable {
    /// The costs of both sides, in pico-dollars.
    package struct Sums: Sendable, Equatable {
        /// The ledger's cost.
        package var ours: Int128 = 0
        /// The provider's cost.
        package var theirs: Int128 = 0
        /// The part of the provider's cost that the ledger has.
        package var common: Int128 = 0
        /// The sum of the absolute differences, without what is pending.
        package var drift: Int128 = 0

        package init(ours: Int128 = 0, theirs: Int128 = 0, common: Int128 = 0, drift: Int128 = 0) {
            self.ours = ours
            self.theirs = theirs
            self.common = common
            self.drift = drift
        }

        package static func += (left: inout Sums, right: Sums) {
            left.ours += right.ours
            left.theirs += right.theirs
            left.common += right.common
            left.drift += right.drift
        }

        /// The ratio of a part to the provider's cost, in units of 10^-12; `nil` if the provider has no cost.
        func ratio(_ part: Int128) -> Int128? { theirs > 0 ? part * 1_000_000_000_000 / theirs : nil }
    }

    /// The time of the reconciliation, the start of its period and its end, in seconds since 1970.
    package var times: (at: Int64, start: Int64, end: Int64)
    /// The parts of the provider's calls, tokens and cost that the ledger has, by measure, in units of 10^-12.
    package var coverage: [String: Int128]
    /// The drift as a part of the provider's cost, in units of 10^-12; `nil` if neither side has any.
    package var drift: Int128?
    /// The costs of the ledger and the provider, in pico-dollars.
    package var cost: (ours: Int128, theirs: Int128)
    /// The differences by cause, the provider's cost less ours, in pico-dollars.
    package var differences: [String: Int128]
    /// The costs by project; `nil` is the sum of those that have no line of their own.
    package var projects: [String?: Sums]

    package init(
        times: (at: Int64, start: Int64, end: Int64),
        coverage: [String: Int128],
        drift: Int128?,
        cost: (ours: Int128, theirs: Int128),
        differences: [String: Int128],
        projects: [String?: Sums]
    ) {
        self.times = times
        self.coverage = coverage
        self.drift = drift
        self.cost = cost
        self.differences = differences
        self.projects = projects
    }

    package static func == (left: Self, right: Self) -> Bool {
        left.times == right.times && left.coverage == right.coverage && left.drift == right.drift
            && left.cost == right.cost && left.differences == right.differences && left.projects == right.projects
    }

    private static let prefix = "oai_usage_reconciliation"

    static let descriptors: [MetricDescriptor] = [
        .gauge(
            "\(prefix)_coverage_ratio",
            unit: "ratio",
            labels: ["measure"],
            help: "The part of the provider's calls, tokens or cost that the ledger has, of the last reconciliation."
        ),
        .gauge(
            "\(prefix)_drift_ratio",
            unit: "ratio",
            help: "The absolute differences of cost by day, project and model, as a part of the provider's cost."
        ),
        .gauge(
            "\(prefix)_difference_usd",
            unit: "usd",
            labels: ["cause"],
            help: "The provider's cost less the ledger's, by cause."
        ),
        .gauge(
            "\(prefix)_cost_usd",
            unit: "usd",
            labels: ["source"],
            help: "The cost of the reconciled period, by the ledger and by the provider."
        ),
        .gauge(
            "\(prefix)_project_coverage_ratio",
            unit: "ratio",
            labels: ["project"],
            help: "The part of the provider's cost that the ledger has, by project."
        ),
        .gauge(
            "\(prefix)_project_drift_ratio",
            unit: "ratio",
            labels: ["project"],
            help: "The drift by project, as a part of the provider's cost of the project."
        ),
        .gauge(
            "\(prefix)_timestamp_seconds",
            unit: "seconds",
            help: "The time of the last reconciliation; absent if there was none."
        ),
        .gauge(
            "\(prefix)_period_start_timestamp_seconds",
            unit: "seconds",
            help: "The start of the period of the last reconciliation."
        ),
        .gauge(
            "\(prefix)_period_end_timestamp_seconds",
            unit: "seconds",
            help: "The end of the period of the last reconciliation, exclusive."
        ),
    ]

    /// Adds the series, with at most a number of projects; the sums of further ones are `other`.
    func collect(into collection: inout MetricsCollection, maximumProjects: Int) {
        let prefix = Self.prefix
        for (measure, ratio) in coverage { collection.set("\(prefix)_coverage_ratio", [measure], .pico(ratio)) }
        collection.set("\(prefix)_drift_ratio", drift.map { .pico($0) })
        for (cause, amount) in differences { collection.set("\(prefix)_difference_usd", [cause], .pico(amount)) }
        collection.set("\(prefix)_cost_usd", ["ledger"], .pico(cost.ours))
        collection.set("\(prefix)_cost_usd", ["provider"], .pico(cost.theirs))
        for (project, sums) in labeledProjects(maximumProjects) {
            collection.set("\(prefix)_project_coverage_ratio", [project], sums.ratio(sums.common).map { .pico($0) })
            collection.set("\(prefix)_project_drift_ratio", [project], sums.ratio(sums.drift).map { .pico($0) })
        }
        collection.set("\(prefix)_timestamp_seconds", .integer(times.at))
        collection.set("\(prefix)_period_start_timestamp_seconds", .integer(times.start))
        collection.set("\(prefix)_period_end_timestamp_seconds", .integer(times.end))
    }

    /// The costs by label, of the most expensive projects and the sum of all others.
    private func labeledProjects(_ maximum: Int) -> [String: Sums] {
        var labels: [String: Sums] = [:]
        for (name, sums) in projects {
            labels[name.map(LabelValue.project) ?? LabelValue.other, default: Sums()] += sums
        }
        guard labels.count > maximum else { return labels }
        let order = labels.sorted { left, right in
            let (a, b) = (max(left.value.ours, left.value.theirs), max(right.value.ours, right.value.theirs))
            return a != b ? a > b : left.key < right.key
        }
        var kept = Dictionary(uniqueKeysWithValues: order.prefix(maximum).map { ($0.key, $0.value) })
        for (_, sums) in order.dropFirst(maximum) { kept[LabelValue.other, default: Sums()] += sums }
        return kept
    }
}
