import ArgumentParser
import OpenAIUsageLedger
import OpenAIUsagePricing

/// The flags for other models and tiers, and for the calls to price so.
struct WhatIfOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "A model with its snapshots, and the one to price instead: A=B; A may have * and ?. Repeatable, the first that fits counts.",
            valueName: "a=b"
        ),
        completion: .models
    )
    var model: [SubstitutionArgument] = []

    @Option(help: ArgumentHelp("The tier to price instead, as batch, flex, priority or default.", valueName: "tier"))
    var tier: String?

    @Option(name: .shortAndLong, help: "Only this project; with commas, * and ?, repeatable.", completion: .projects)
    var project: [String] = []

    @Option(help: "Only this endpoint, as in chat.completions.", completion: .values(of: .endpoint))
    var endpoint: [String] = []

    @Option(help: "Only this organization.", completion: .values(of: .organization))
    var organization: [String] = []

    @Option(help: ArgumentHelp("Only this API key, by a part of its fingerprint, as in #5f2c9a.", valueName: "part"))
    var key: [String] = []

    @Option(help: ArgumentHelp("Only calls with this tag.", valueName: "name=value"))
    var tag: [TagSelection] = []

    /// Returns the selection that results from the flags, without a range.
    func selection() throws -> CallSelection {
        var selection = CallSelection()
        try selection.add(.model, model.map(\.substitution.model), isExcluded: false)
        for (dimension, values) in [
            (ReportDimension.project, project), (.endpoint, endpoint), (.organization, organization), (.key, key),
        ] {
            try selection.add(dimension, FilterOptions.listed(values, dimension.description), isExcluded: false)
        }
        for tag in tag { try selection.add(.tag(tag.name), FilterOptions.listed(tag, "tag"), isExcluded: false) }
        return selection
    }

    /// Returns the name of the tier in a price book; `nil` if none is given.
    ///
    /// - Throws: A ``CommandFailure`` if no model has prices in it.
    func tier(in book: PriceBook) throws -> String? {
        guard let tier else { return nil }
        let name = book.rules.tierAliases?[tier] ?? tier
        let names = Set(book.models.flatMap { $0.periods.flatMap { $0.tiers.keys } })
        guard names.contains(name) else {
            throw CommandFailure(
                "No model has prices in the tier \(tier); there are \(names.sorted().joined(separator: ", "))."
            )
        }
        return name
    }

    func validate() throws {
        if model.isEmpty, tier == nil {
            throw ValidationError("Say what to price instead: --model A=B, --tier batch, or both.")
        }
        do { _ = try selection() } catch { throw ValidationError("--\(error)") }
    }
}

/// A model and the one to price instead: `gpt-5.1=gpt-5-mini`.
struct SubstitutionArgument: ExpressibleByArgument {
    var substitution: WhatIf.Substitution

    init?(argument: String) {
        let parts = argument.split(separator: "=", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
        substitution = WhatIf.Substitution(model: String(parts[0]), replacement: String(parts[1]))
    }
}
