import ArgumentParser
import Foundation
import OpenAIUsagePricing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Describes the machine formats of all commands.
struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Describe the keys and columns of every machine format.",
        discussion: """
            A type with ? may be null, or an empty cell in CSV. A type in brackets belongs to a key that may be missing.
            NAME stands for names that come from the data. Keys may be added, and are never renamed.

            Examples:
              oai-usage schema
              oai-usage schema report
              oai-usage schema prices list --json
            """
    )

    @OptionGroup var output: FormatOption<RowsFormat>
    @Argument(help: ArgumentHelp("Only this command.", valueName: "command"), completion: .list(Self.names))
    var command: [String] = []

    private static let names = OutputSchema.all.map(\.command).reduce(into: [String]()) { names, name in
        if !names.contains(name) { names.append(name) }
    }

    func validate() throws {
        let name = command.joined(separator: " ")
        guard command.isEmpty || !OutputSchema.of(name).isEmpty else {
            let hint = NearNames.hint(for: name, in: Self.names)
            throw ValidationError(
                "No command '\(name.prefix(100))' has a machine format.\(hint) There are: \(Self.names.joined(separator: ", "))."
            )
        }
    }

    func run() {
        let schemas = command.isEmpty ? OutputSchema.all : OutputSchema.of(command.joined(separator: " "))
        switch output.value {
        case .json: StandardOutput.write(OutputSchema.json(schemas).indented + "\n")
        case .csv: StandardOutput.write(OutputSchema.table(schemas).csv)
        case .markdown: StandardOutput.write(OutputSchema.table(schemas).markdown)
        case .table:
            StandardOutput.write(SchemaText(schemas: schemas, width: Terminal.tableWidth).text)
        }
    }
}
