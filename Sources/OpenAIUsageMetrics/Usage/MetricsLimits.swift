/// The limits of the number of series, and the families that a program opts into.
public struct MetricsLimits: Sendable, Equatable {
    /// The maximum number of projects with series of their own, from 1 to 1,000; further ones are counted as `other`.
    public var projects = 200
    /// The maximum number of models with series of their own, from 1 to 1,000.
    public var models = 200
    /// The maximum number of sets of project, model and operation in each family, from 10 to 10,000; beyond it, models are
    /// counted as `other` while sums by project stay exact.
    public var labelSets = 300
    /// True to have the cost by key, whose label is the masked key with its fingerprint.
    public var includesKeys = false
    /// The tags whose values have the cost as series.
    public var tags: [String] = []
    /// True to have the creation times of counters and histograms in OpenMetrics (`_created`).
    public var includesCreationTimes = false
    /// True to have calls also under the names of OpenTelemetry's conventions for generative AI, version 0.1.0.
    public var includesGenAI = false

    /// Creates limits with the defaults.
    public init() {}

    /// The capacity of a family with project, model and closed labels.
    ///
    /// - Parameter details: The room for folded sets that differ by closed labels only.
    /// - Returns: The capacity.
    func capacity(details: Int) -> LabelSetTableCapacity {
        // One more for calls without a project.
        .init(full: min(max(10, labelSets), 10_000), projects: min(max(1, projects), 1_000) + 1, details: details)
    }

    /// The capacity of a family with model and closed labels only.
    func modelCapacity(full: Int, details: Int) -> LabelSetTableCapacity {
        .init(full: max(full, labelSets * full / 300), projects: 0, details: details)
    }
}
