import ArgumentParser

/// The group of commands for prices.
struct PricesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prices",
        abstract: "List, show, check, compare, update, import and explain prices, and try others.",
        discussion: """
            The program brings its prices along, and fetches none but by 'prices update --from URL'. A price file goes before them: name it with
            --prices, with OAI_USAGE_PRICES, or as "prices" in the configuration file. It holds negotiated rates and
            models of one's own, for all projects or for single ones.

            Examples:
              oai-usage prices list gpt-6
              oai-usage prices show gpt-6.1-sol
              oai-usage prices check my-prices.json
              oai-usage prices whatif --model gpt-5.1=gpt-5-mini --period last-month
              oai-usage prices explain req_972e90b8f51596b55d43bf6d78b53f13
            """,
        subcommands: [
            PricesListCommand.self, PricesShowCommand.self, PricesCheckCommand.self, PricesDiffCommand.self,
            PricesImportCommand.self, PricesUpdateCommand.self, PricesExplainCommand.self, PricesWhatIfCommand.self,
        ]
    )
}
