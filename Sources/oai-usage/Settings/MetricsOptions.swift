import ArgumentParser
import OpenAIUsageMetrics

/// The flags for the series of a gateway's metrics.
struct MetricsOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The most projects with metrics of their own. (default: 200)", valueName: "number")
    )
    var metricsProjects: Int?

    @Option(help: ArgumentHelp("The most models with metrics of their own. (default: 200)", valueName: "number"))
    var metricsModels: Int?

    @Option(
        help: ArgumentHelp(
            "The most sets of project, model and operation in a family; models beyond are counted as other. (default: 300)",
            valueName: "number"
        )
    )
    var metricsLabelSets: Int?

    @Flag(inversion: .prefixedNo, help: "Have the cost by masked key among the metrics. (default: --no-metrics-keys)")
    var metricsKeys: Bool?

    @Option(
        help: ArgumentHelp("A tag whose values have their cost among the metrics; repeatable.", valueName: "name")
    )
    var metricsTag: [String] = []

    @Flag(
        inversion: .prefixedNo,
        help: "Have calls also under OpenTelemetry's names (gen_ai_client_...). (default: --no-metrics-gen-ai)"
    )
    var metricsGenAI: Bool?

    @Flag(
        inversion: .prefixedNo,
        help: "Tell when counters and histograms began (_created), in OpenMetrics. (default: --no-metrics-created)"
    )
    var metricsCreated: Bool?

    /// Returns the limits.
    ///
    /// - Throws: An error with the origin of the invalid value and the allowed values.
    func limits(_ settings: Settings) throws -> MetricsLimits {
        var limits = MetricsLimits()
        func number(_ name: String, _ flag: Int?, _ path: WritableKeyPath<MetricsLimits, Int>) throws {
            let value = try settings.value(name, flag, otherwise: limits[keyPath: path])
            if case .number(let range)? = Setting.named(name)?.kind, !range.contains(value) {
                throw settings.refusal(
                    name,
                    isFlag: flag != nil,
                    "is \(value); it must be from \(range.lowerBound) to \(range.upperBound)."
                )
            }
            limits[keyPath: path] = value
        }
        try number("metrics-projects", metricsProjects, \.projects)
        try number("metrics-models", metricsModels, \.models)
        try number("metrics-label-sets", metricsLabelSets, \.labelSets)
        limits.includesKeys = try settings.flag("metrics-keys", metricsKeys, otherwise: false)
        limits.includesCreationTimes = try settings.flag("metrics-created", metricsCreated, otherwise: false)
        limits.includesGenAI = try settings.flag("metrics-gen-ai", metricsGenAI, otherwise: false)
        limits.tags = settings.list("metrics-tag", metricsTag)
        guard !limits.tags.contains("") else {
            throw settings.refusal("metrics-tag", isFlag: !metricsTag.isEmpty, "is empty; give the name of a tag.")
        }
        return limits
    }
}
