import ArgumentParser
import OpenAIUsagePricing

/// Compares price books.
struct PricesDiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Say what changes from one price file to another, in words and percent.",
        discussion: """
            With one file, it says what the file changes when it goes before the built-in prices. The word builtin
            stands for those.

            Examples:
              oai-usage prices diff my-prices.json
              oai-usage prices diff builtin complete-prices.json
              oai-usage prices diff old.json new.json --format csv
            """
    )

    @Argument(
        help: ArgumentHelp("The first price file, or builtin.", valueName: "a"),
        completion: .file(extensions: ["json"])
    )
    var old: String
    @Argument(
        help: ArgumentHelp("The second price file, or builtin.", valueName: "b"),
        completion: .file(extensions: ["json"])
    )
    var new: String?
    @OptionGroup var output: FormatOption<PriceChangesFormat>

    func run() async throws {
        let difference: PriceBookDifference
        if let new {
            difference = try PriceBookDifference(from: PriceFiles.single(old), to: PriceFiles.single(new))
        } else {
            difference = try PriceBookDifference(from: .bundled, to: PriceFiles.book([old]))
        }
        output.value.write(difference.changes)
    }
}
