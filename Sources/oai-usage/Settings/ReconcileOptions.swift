import ArgumentParser
import OpenAIUsage
import OpenAIUsageGateway
import OpenAIUsageLedger

/// The flags for the provider's side of a comparison.
struct ProviderOptions: ParsableArguments {
    @Option(
        name: [.long, .customLong("base-url")],
        help: ArgumentHelp("The API to ask. (default: https://api.openai.com)", valueName: "url")
    )
    var upstream: UpstreamArgument?

    @Option(
        help: ArgumentHelp(
            "Compare with saved answers instead, without network: a file or a folder; repeatable.",
            valueName: "path"
        ),
        completion: .file(extensions: ["json"])
    )
    var file: [String] = []

    @Option(help: ArgumentHelp("Save the answers in a folder.", valueName: "folder"), completion: .directory)
    var save: String?

    @Option(
        help: ArgumentHelp(
            "Where answers are kept from one time to the next. (default: beside the ledger, LEDGER.provider.jsonl)",
            valueName: "path"
        ),
        completion: .file()
    )
    var history: String?

    @Option(help: "The buckets in which usage is compared; hour up to 31 days, else day.")
    var width: ProviderWidth?

    @Option(help: ArgumentHelp("How long the provider may still change a day after its end.", valueName: "duration"))
    var settle = DurationArgument(milliseconds: 3 * 86_400_000)

    @Flag(help: "Ask for settled days again.")
    var refresh = false

    func validate() throws {
        if let problem = upstream?.problem { throw ValidationError("--upstream is not usable: \(problem).") }
        guard !file.isEmpty else { return }
        let others = [
            upstream == nil ? nil : "--upstream", save == nil ? nil : "--save", history == nil ? nil : "--history",
            refresh ? "--refresh" : nil,
        ].compactMap { $0 }
        if let other = others.first { throw ValidationError("--file and \(other) cannot be used together.") }
    }
}

/// The flags for the rows of a comparison.
struct ReconcileOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "What to group by: \(ReconcileDimension.allCases.map(\.rawValue).joined(separator: ", ")); with commas, or none.",
            valueName: "names"
        )
    )
    var by = ReconcileDimensions(dimensions: [.project, .model])

    @Option(help: ArgumentHelp("End with status 3 if the drift is above a percentage, as in 1%.", valueName: "percent"))
    var failOver: PercentArgument?

    @Option(
        help: ArgumentHelp(
            "Where the result is left for a gateway's metrics and page, or none. (default: beside the ledger, LEDGER.reconciliation.json)",
            valueName: "path"
        ),
        completion: .file()
    )
    var result: String?

    func validate() throws {
        if Set(by.dimensions).count < by.dimensions.count {
            throw ValidationError("--by names a dimension twice; name each one once.")
        }
    }
}

/// The dimensions of a comparison: `project,model`.
struct ReconcileDimensions: ExpressibleByArgument {
    var dimensions: [ReconcileDimension]

    init(dimensions: [ReconcileDimension]) {
        self.dimensions = dimensions
    }

    init?(argument: String) {
        if argument == "none" {
            dimensions = []
            return
        }
        let names = argument.split(separator: ",", omittingEmptySubsequences: false)
        dimensions = names.compactMap { ReconcileDimension(rawValue: String($0)) }
        guard dimensions.count == names.count else { return nil }
    }

    var defaultValueDescription: String { dimensions.map(\.rawValue).joined(separator: ",") }
    static var allValueStrings: [String] { ReconcileDimension.allCases.map(\.rawValue) }
}

/// A percentage: `1%`, `0.5`.
struct PercentArgument: ExpressibleByArgument {
    /// The percentage in ten-thousandths.
    var value: Int128

    init?(argument: String) {
        let text = argument.hasSuffix("%") ? argument.dropLast() : argument[...]
        guard let value = try? DecimalText.integer(text, fractionDigits: 4), value >= 0 else { return nil }
        self.value = Int128(value)
    }
}

extension ProviderWidth: ExpressibleByArgument {}

extension ReconcileFilter {
    /// Creates the filter of a selection.
    ///
    /// - Throws: A `ValidationError` for a filter that the provider's data has no counterpart of.
    init(_ selection: CallSelection) throws {
        let isLimited = selection.minimumDuration != nil
        for condition in selection.conditions {
            let dimension: Rule.Dimension
            switch condition.dimension {
            case .project: dimension = .project
            case .model: dimension = .model
            case .serviceTier: dimension = .tier
            case .key: dimension = .key
            default:
                throw ValidationError(
                    "The provider's data cannot be selected by \(condition.dimension); use --project, --model, --tier or --key."
                )
            }
            rules.append(
                Rule(dimension: dimension, globs: condition.values.map { Glob($0) }, isExcluded: condition.isExcluded)
            )
        }
        if isLimited { throw ValidationError("The provider's data has no durations: leave --min-duration out.") }
    }
}
