import ArgumentParser
import OpenAIUsage
import OpenAIUsageLedger
import OpenAIUsagePricing

/// Explains the cost of a call.
struct PricesExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Explain what a call cost, line by line.",
        discussion: """
            The call is named as for 'oai-usage show'; all attempts of it are explained. The lines add up to the cost
            that the ledger keeps, to the last digit, unless another price book has priced the call.

            Examples:
              oai-usage prices explain req_972e90b8f51596b55d43bf6d78b53f13
              oai-usage prices explain resp_68a1 --prices my-prices.json --format json
            """
    )

    @Argument(help: ArgumentHelp("What names the call.", valueName: "id"), completion: .calls)
    var identity: String
    @OptionGroup var files: PricesOption
    @OptionGroup var ledgers: LedgersOption
    @OptionGroup var output: FormatOption<TextFormat>

    func run() async throws {
        let settings = try await ledgers.settings()
        let book = try files.book(settings)
        let records = try await ledgers.calls(matching: identity, settings)
        let sheets = records.map { CostDetail(record: $0, book: book) }
        switch output.value {
        case .json: for sheet in sheets { StandardOutput.write(sheet.json.line + "\n") }
        case .text: StandardOutput.write(sheets.map(\.text).joined(separator: "\n"))
        }
        if let sheet = sheets.first(where: \.isContradiction) {
            throw CommandFailure(
                "The ledger's cost of \(sheet.record.id) is not what the price book gives that is named in it."
            )
        }
    }
}
