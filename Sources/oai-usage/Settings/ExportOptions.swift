import ArgumentParser
import OpenAIUsageLedger

/// The flags for the shape of an export and for its destination.
struct ExportOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "The file to write, whole or not at all; compressed if it ends in .gz. (default: stdout)",
            valueName: "file"
        ),
        completion: .file()
    )
    var output: String?

    @Flag(help: "Replace the file if it exists.")
    var force = false

    @Option(
        help: ArgumentHelp(
            "The tags that get columns, or that keep FOCUS's rows apart, with commas; or none. (default: all)",
            valueName: "names"
        )
    )
    var tags: TagNames?

    @Option(
        help: ArgumentHelp(
            "The columns of CSV, with commas: \(CallColumn.all.map(\.name).joined(separator: ", ")), tag:NAME.",
            valueName: "names"
        )
    )
    var columns: CallColumns?

    @Option(help: ArgumentHelp("A row of a charge-back per month or day.", valueName: "period"))
    var per = ChargebackPeriod.month

    @OptionGroup var focus: FocusOptions

    func validate() throws {
        guard let unknown = columns?.unknown else { return }
        let names = CallColumn.all.map(\.name)
        throw ValidationError(
            "--columns names \"\(unknown)\".\(NearNames.hint(for: unknown, in: names)) There are \(names.joined(separator: ", ")), tag:NAME."
        )
    }
}

/// The flags of FOCUS.
struct FocusOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The version of FOCUS.", valueName: "version"))
    var focusVersion = FocusVersion.current

    @Option(
        help: ArgumentHelp(
            "FOCUS's billing account of calls whose organization is not known.",
            valueName: "id"
        )
    )
    var billingAccount = "default"

    @OptionGroup var prices: PricesOption

    func validate() throws {
        if billingAccount.allSatisfy(\.isWhitespace) { throw ValidationError("--billing-account must not be empty.") }
    }
}

/// The period of a row of a charge-back.
enum ChargebackPeriod: String, ExpressibleByArgument, CaseIterable {
    case month, day

    /// The dimension of a report.
    var dimension: ReportDimension { self == .month ? .month : .day }
}

/// The names of tags: `team,env`, or `none`.
struct TagNames: ExpressibleByArgument {
    /// The names, each once.
    var names: [String]

    init?(argument: String) {
        let names = FilterOptions.listed(argument).map { $0.hasPrefix("tag:") ? String($0.dropFirst(4)) : $0 }
        guard !names.contains("") else { return nil }
        self.names = argument == "none" ? [] : names.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }
}
