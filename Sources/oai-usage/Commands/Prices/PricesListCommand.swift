import ArgumentParser
import OpenAIUsage
import OpenAIUsagePricing

/// Lists prices.
struct PricesListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the prices of a day.",
        discussion: """
            Examples:
              oai-usage prices list gpt-6
              oai-usage prices list --kind image --kind speech
              oai-usage prices list --tier all --on 2025-06-09 --format csv
            """
    )

    @Argument(
        help: ArgumentHelp("Only models and hosted tools with this in one of their names.", valueName: "text"),
        completion: .pricedNames
    )
    var text: String?
    @Option(help: "Only models of this kind; repeatable.")
    var kind: [ModelPrices.Kind] = []
    @Option(help: "The service tier, or all.")
    var tier = "default"
    @Option(help: ArgumentHelp("The day in UTC, as 2026-11-01. (default: today)", valueName: "day"))
    var on: UTCDay?
    @Option(name: .shortAndLong, help: "Include what a price file says of this project.", completion: .projects)
    var project: String?
    @OptionGroup var files: PricesOption
    @OptionGroup var configuration: ConfigurationOption
    @OptionGroup var output: FormatOption<RowsFormat>

    func run() async throws {
        let book = try await files.book(configuration.settings())
        var list = PriceList(
            book: project.map(book.book(for:)) ?? book,
            day: on ?? UTCDay(microseconds: SystemUsageClock().wallMicroseconds)
        )
        list.text = text
        list.kinds = kind
        list.tier = tier == "all" ? nil : book.rules.tierAliases?[tier] ?? tier
        guard list.tier.map(list.tiers.contains) ?? true else {
            throw CommandFailure(
                "No model has prices in the tier \(tier); there are \(list.tiers.joined(separator: ", "))."
            )
        }
        list.write(as: output.value)
    }
}
