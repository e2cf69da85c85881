import ArgumentParser
import OpenAIUsagePricing

/// Shows all prices of a model or tool.
struct PricesShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show all prices of a model or a hosted tool: every tier, every period.",
        discussion: """
            Any form of a model's name will do, as in calls.

            Examples:
              oai-usage prices show gpt-6.1-sol
              oai-usage prices show ft:gpt-4o-mini-2024-07-18:acme::A1b2
              oai-usage prices show web_search --format json
            """
    )

    @Argument(help: ArgumentHelp("The model or tool.", valueName: "name"), completion: .pricedNames)
    var name: String
    @Option(name: .shortAndLong, help: "Include what a price file says of this project.", completion: .projects)
    var project: String?
    @OptionGroup var files: PricesOption
    @OptionGroup var configuration: ConfigurationOption
    @OptionGroup var output: FormatOption<TextFormat>

    func run() async throws {
        var book = try await files.book(configuration.settings())
        if let project { book = book.book(for: project) }
        let sheet: any PriceTable
        if let model = book.model(named: name) {
            sheet = ModelPriceDetail(name: name, model: model, book: book)
        } else if let tool = book.tool(id: name) {
            sheet = ToolPriceDetail(tool: tool, book: book)
        } else {
            throw CommandFailure(UnknownNameMessage(name: name, book: book).description)
        }
        StandardOutput.write(output.value == .json ? sheet.json.indented + "\n" : sheet.text)
    }
}
