import ArgumentParser
import OpenAIUsage
import OpenAIUsagePricing

/// Imports prices from a public list.
struct PricesImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Take prices from LiteLLM's public list over into a price file.",
        discussion: """
            The list is a file of the shape of LiteLLM's model_prices_and_context_window.json, which you have fetched.
            Only models that the book lacks or prices differently are taken. What changes is shown first.

            Examples:
              oai-usage prices import list.json --output my-prices.json --dry-run
              oai-usage prices import list.json --output my-prices.json --provider groq --new
              oai-usage prices import list.json --output my-prices.json --model gpt-6 --from 2026-12-01 --yes
            """
    )

    @Argument(help: ArgumentHelp("The list.", valueName: "list"), completion: .file(extensions: ["json"]))
    var list: String
    @Option(
        help: ArgumentHelp("The price file. (default: the one that is in use)", valueName: "file"),
        completion: .file(extensions: ["json"])
    )
    var output: String?
    @Option(help: "Take the models of this provider, instead of OpenAI's own; repeatable.")
    var provider: [String] = []
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Only models with this in their name; repeatable.", valueName: "text")
    )
    var model: [String] = []
    @Option(help: ArgumentHelp("From when on prices that differ hold, in UTC. (default: today)", valueName: "day"))
    var from: UTCDay?
    @Flag(help: "Only models that the book does not hold.")
    var new = false
    @Flag(help: "Show what changes, and write nothing.")
    var dryRun = false
    @Flag(help: "Write without asking.")
    var yes = false
    @OptionGroup var files: PricesOption
    @OptionGroup var configuration: ConfigurationOption

    func run() async throws {
        let files = try await files.files(configuration.settings())
        guard let output = output ?? files.last else {
            throw ValidationError("Name the price file to write with --output, as in --output my-prices.json.")
        }
        let today = UTCDay(microseconds: SystemUsageClock().wallMicroseconds)
        let plan = try ImportPlan(
            list: list,
            selection: ImportPlan.Selection(providers: provider, models: model, isOnlyNew: new),
            files: files,
            output: output,
            day: from ?? today
        )
        plan.show()
        if !plan.isEmpty, !dryRun { try plan.write(asking: !yes) }
    }
}
