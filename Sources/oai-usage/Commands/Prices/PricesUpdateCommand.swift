import ArgumentParser
import OpenAIUsagePricing

/// Replaces a price file by a newer one.
struct PricesUpdateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "update",
        abstract: "Replace the price file by a newer one, after showing what changes.",
        discussion: """
            The new file is checked as by 'prices check', what changes is shown as by 'prices diff', and nothing is written \
            before a yes. The old file is kept beside it under its version, which calls that it priced name: 'export' and 'prices \
            explain' take it with --prices. A URL must be https. To reprice past calls, run 'oai-usage reprice'.

            Examples:
              oai-usage prices update --from new-prices.json --output my-prices.json
              oai-usage prices update --from https://prices.example.com/openai.json
              oai-usage prices update --from new-prices.json --dry-run --format csv
            """
    )

    @Option(help: ArgumentHelp("The new file, or where it is fetched.", valueName: "file-or-url"), completion: .file())
    var from: String
    @Option(
        help: ArgumentHelp("The price file. (default: the one that is in use)", valueName: "file"),
        completion: .file(extensions: ["json"])
    )
    var output: String?
    @Flag(help: "Show what changes, and write nothing.")
    var dryRun = false
    @Flag(help: "Write without asking.")
    var yes = false
    @OptionGroup var files: PricesOption
    @OptionGroup var configuration: ConfigurationOption
    @OptionGroup var format: FormatOption<PriceChangesFormat>

    func run() async throws {
        let files = try await files.files(configuration.settings())
        guard let output = output ?? files.last else {
            throw ValidationError("Name the price file to write with --output, as in --output my-prices.json.")
        }
        let text = try await PriceDownload(from)?.text() ?? PriceFiles.text(from)
        let plan = try UpdatePlan(text: text, named: from, output: output, files: files)
        format.value.write(plan.changes)
        guard !plan.isSame else {
            StandardError.write("\(output) is this file already.")
            return
        }
        guard !dryRun else { return }
        if !yes {
            try Confirmation.require(
                "Write \(output)?",
                declined: "Nothing was written.",
                remedy: "add --yes to write, or --dry-run to look only"
            )
        }
        try plan.write()
    }
}
