import ArgumentParser
import Foundation
import OpenAIUsage
import OpenAIUsageLedger

/// The help of the opposites of filters, which would double its length: they stand in the completions alone.
private let opposite = ArgumentHelp(
    visibility: CommandLine.arguments.dropFirst().first?.hasPrefix("--generate-completion-script") == true
        ? .default : .hidden
)
/// The usual values of a status.
private let statuses = ["2xx", "4xx", "5xx", "400", "401", "403", "404", "408", "429", "500", "502", "503", "504"]

/// The flags that select calls by their dimensions.
///
/// Values may be repeated, listed with commas, and contain `*` and `?`; `-` stands for no value. Each filter has an opposite, `--NAME-not`.
struct FilterOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help:
            "Only this project, - for none; with commas (\\, is one in a value), * and ?, repeatable. Each filter but --min-duration has an opposite, as --project-not.",
        completion: .projects
    )
    var project: [String] = []

    @Option(name: .shortAndLong, help: "Only this model, served or requested, with its snapshots.", completion: .models)
    var model: [String] = []

    @Option(
        help: ArgumentHelp("Only this model as it was requested, with its snapshots.", valueName: "model"),
        completion: .values(of: .requestedModel)
    )
    var requestedModel: [String] = []

    @Option(help: "Only this endpoint, as in chat.completions.", completion: .values(of: .endpoint))
    var endpoint: [String] = []

    @Option(help: "Only this organization.", completion: .values(of: .organization))
    var organization: [String] = []

    @Option(help: ArgumentHelp("Only this API key, by a part of its fingerprint, as in #5f2c9a.", valueName: "part"))
    var key: [String] = []

    @Option(help: "Only this client, as in 'OpenAI/Python*'.", completion: .values(of: .client))
    var client: [String] = []

    @Option(help: "Only this host of the upstream.", completion: .values(of: .host))
    var host: [String] = []

    @Option(help: "Only this service tier that served.", completion: .values(of: .serviceTier))
    var tier: [String] = []

    @Option(
        help: "Only this outcome: \(Outcome.allCases.map(\.rawValue).joined(separator: ", ")).",
        completion: .listed(Outcome.allCases.map(\.rawValue))
    )
    var outcome: [String] = []

    @Option(
        help: "Only this HTTP status, as in 429 or 5xx.",
        completion: .listed(statuses)
    )
    var status: [String] = []

    @Option(
        help: ArgumentHelp("Only this code, else type, of the API's error.", valueName: "code"),
        completion: .values(of: .errorCode)
    )
    var error: [String] = []

    @Option(help: ArgumentHelp("Only calls with this tag.", valueName: "name=value"))
    var tag: [TagSelection] = []

    @Option(help: opposite, completion: .projects) var projectNot: [String] = []
    @Option(help: opposite, completion: .models) var modelNot: [String] = []
    @Option(help: opposite, completion: .values(of: .requestedModel)) var requestedModelNot: [String] = []
    @Option(help: opposite, completion: .values(of: .endpoint)) var endpointNot: [String] = []
    @Option(help: opposite, completion: .values(of: .organization)) var organizationNot: [String] = []
    @Option(help: opposite) var keyNot: [String] = []
    @Option(help: opposite, completion: .values(of: .client)) var clientNot: [String] = []
    @Option(help: opposite, completion: .values(of: .host)) var hostNot: [String] = []
    @Option(help: opposite, completion: .values(of: .serviceTier)) var tierNot: [String] = []
    @Option(help: opposite, completion: .listed(Outcome.allCases.map(\.rawValue))) var outcomeNot: [String] = []
    @Option(help: opposite, completion: .listed(statuses)) var statusNot: [String] = []
    @Option(help: opposite, completion: .values(of: .errorCode)) var errorNot: [String] = []
    @Option(help: opposite) var tagNot: [TagSelection] = []

    @Option(help: ArgumentHelp("Only calls that took so long, as in 2s.", valueName: "duration"))
    var minDuration: DurationArgument?

    /// The filters with their opposites.
    private var filters: [(dimension: ReportDimension, values: [String], excluded: [String])] {
        [
            (.project, project, projectNot), (.model, model, modelNot),
            (.requestedModel, requestedModel, requestedModelNot), (.endpoint, endpoint, endpointNot),
            (.organization, organization, organizationNot), (.key, key, keyNot), (.client, client, clientNot),
            (.host, host, hostNot), (.serviceTier, tier, tierNot), (.outcome, outcome, outcomeNot),
            (.status, status, statusNot), (.errorCode, error, errorNot),
        ]
    }

    /// Returns the selection that results from the flags, without a range.
    ///
    /// - Throws: A `ParameterError` for a value that no call can have.
    func selection() throws -> CallSelection {
        var selection = CallSelection()
        for filter in filters {
            let name = filter.dimension.description
            try selection.add(filter.dimension, Self.listed(filter.values, name), isExcluded: false)
            try selection.add(filter.dimension, Self.listed(filter.excluded, "\(name)-not"), isExcluded: true)
        }
        for tag in tag { try selection.add(.tag(tag.name), Self.listed(tag, "tag"), isExcluded: false) }
        for tag in tagNot { try selection.add(.tag(tag.name), Self.listed(tag, "tag-not"), isExcluded: true) }
        selection.minimumDuration = minDuration
        return selection
    }

    func validate() throws {
        do { _ = try selection() } catch { throw ValidationError("--\(error)") }
    }

    /// The values of a repeatable flag whose values are lists with commas.
    ///
    /// - Throws: A `ParameterError` for an empty value, which no call has: an unset variable or a comma too many.
    static func listed(_ texts: [String], _ flag: String) throws(ParameterError) -> [String] {
        var values: [String] = []
        for text in texts {
            guard !text.isEmpty else { throw ParameterError(flag, "is empty; give a value, or leave the flag out") }
            let parts = listed(text)
            if parts.contains("") { throw ParameterError(flag, "has an empty value; remove the extra comma") }
            values += parts
        }
        return values
    }

    /// The values of a tag; a tag may have an empty value, a list of them may not.
    static func listed(_ tag: TagSelection, _ flag: String) throws(ParameterError) -> [String] {
        tag.value.isEmpty ? [""] : try listed([tag.value], flag)
    }

    /// The values of a list with commas; `\,` is a comma in a value.
    static func listed(_ text: String) -> [String] {
        var values = [""]
        var isEscaped = false
        for character in text {
            if isEscaped {
                values[values.count - 1].append(character == "," ? "," : "\\\(character)")
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == "," {
                values.append("")
            } else {
                values[values.count - 1].append(character)
            }
        }
        if isEscaped { values[values.count - 1].append("\\") }
        // Blanks at commas are none of the values'.
        return values.count == 1 ? values : values.map { $0.trimmingCharacters(in: .whitespaces) }
    }
}
