import ArgumentParser
import OpenAIUsagePricing

/// Checks price files.
struct PricesCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check price files, and name the line and column of every mistake.",
        discussion: """
            A mistake keeps the file from being used. A warning says what the file leaves without a price.

            Examples:
              oai-usage prices check my-prices.json
              oai-usage prices check --strict --format json my-prices.json
            """
    )

    @Argument(help: ArgumentHelp("The price files.", valueName: "file"), completion: .file(extensions: ["json"]))
    var file: [String]
    @OptionGroup var output: FormatOption<TextFormat>
    @Flag(help: "End with status 2 if there are warnings.")
    var strict = false

    func run() async throws {
        var found: [(file: String, finding: PriceBookFinding)] = []
        for file in file {
            let text = try PriceFiles.text(file)
            let findings = PriceBook.findings(in: text, before: .bundled)
            found += findings.map { (file, $0) }
            let errors = findings.count { $0.severity == .error }
            let counts = PriceFindings.counts(errors: errors, warnings: findings.count - errors)
            if errors == 0 {
                let book = try PriceBook(json: text)
                let version = PriceBook.bundled.layered(with: book).version
                StandardError.write(
                    "\(file): \(counts); \(book.models.count) models, with the built-in prices version \(version)"
                )
                let discounts = PriceBookDifference.discounts(of: book)
                if !discounts.isEmpty {
                    StandardError.write("\(file): discounts, as the part of the list price that is paid:")
                    StandardError.write(PriceChangesText.text(discounts))
                }
            } else {
                StandardError.write("\(file): \(counts)")
            }
        }
        switch output.value {
        case .text:
            for (file, finding) in found { StandardOutput.write(PriceFindings.line(finding, file) + "\n") }
        case .json:
            let values = found.map { PriceFindings.json($0.finding, $0.file) }
            StandardOutput.write(JSONDocument.Value.elements(values).indented + "\n")
        }
        if found.contains(where: { $0.finding.severity == .error }) { throw ExitCode(1) }
        if strict, !found.isEmpty { throw ExitCode(2) }
    }
}
