import ArgumentParser
import Foundation
import OpenAIUsagePricing

/// Checks a configuration file.
struct ConfigCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check a configuration file, and name the line and column of every mistake.",
        discussion: """
            Unknown and repeated keys, values of a wrong type or out of range, and settings that cannot be used together are
            mistakes, and end with status 1; without a file's name, the variables of settings are checked, too. Files that
            the settings name are not read: 'oai-usage gateway --check' does that.

            Examples:
              oai-usage config check
              oai-usage config check /etc/oai-usage/config.json
            """
    )

    @Argument(
        help: ArgumentHelp("The file. (default: that of the other commands)", valueName: "file"),
        completion: .file(extensions: ["json", "jsonc"])
    )
    var file: String?
    @OptionGroup var configuration: ConfigurationOption
    @OptionGroup var output: FormatOption<RowsFormat>

    func validate() throws {
        if file != nil, configuration.config != nil {
            throw ValidationError("The file is named twice: leave --config out.")
        }
    }

    func run() async throws {
        for message in Settings.suspects() { StandardError.write(message) }
        let variables = file == nil ? ConfigurationCheck.problems(in: ProcessInfo.processInfo.environment) : []
        let path = file ?? Settings.source(file: configuration.config)?.value
        let check = try path.map { ConfigurationCheck(text: try ConfigurationFile.text($0), path: $0) }
        let findings = check?.findings ?? []
        switch output.value {
        case .json: StandardOutput.write(Self.json(findings, path, variables).indented + "\n")
        case .csv: StandardOutput.write(Self.table(findings, path, variables).csv)
        case .markdown: StandardOutput.write(Self.table(findings, path, variables).markdown)
        case .table:
            for finding in findings {
                StandardOutput.write(
                    "\(path ?? ""):\(finding.line):\(finding.column): error: \(SecretText.masked(finding.message))\n"
                )
            }
            for variable in variables { StandardOutput.write("environment: error: \(variable.message)\n") }
            if let path, let check, findings.isEmpty {
                let settings = check.count == 1 ? "1 setting" : "\(check.count) settings"
                StandardOutput.write("\(path) is sound: \(settings).\n")
            }
        }
        if path == nil {
            StandardError.write("There is no configuration file, and none is needed: \(Settings.standardFile()).")
        }
        guard findings.isEmpty, variables.isEmpty else { throw ExitCode.failure }
    }

    /// The mistakes, a row each.
    private static func table(
        _ findings: [ConfigurationCheck.Finding],
        _ path: String?,
        _ variables: [(setting: String, message: String)]
    ) -> Table {
        var table = Table(columns: ["file", "line", "column", "key", "message"].map { .init(name: $0) })
        table.rows = findings.map { finding in
            [
                path ?? "", String(finding.line), String(finding.column), finding.key,
                SecretText.masked(finding.message),
            ]
        }
        table.rows += variables.map { ["", "", "", $0.setting, $0.message] }
        return table
    }

    private static func json(
        _ findings: [ConfigurationCheck.Finding],
        _ path: String?,
        _ variables: [(setting: String, message: String)]
    ) -> JSONDocument.Value {
        .elements(
            findings.map { finding in
                .members([
                    "file": .text(path), "line": .integer(finding.line), "column": .integer(finding.column),
                    "key": .text(finding.key.isEmpty ? nil : finding.key),
                    "message": .string(SecretText.masked(finding.message)),
                ])
            }
                + variables.map { variable in
                    .members([
                        "file": .null, "line": .null, "column": .null, "key": .string(variable.setting),
                        "message": .string(variable.message),
                    ])
                }
        )
    }
}

/// Prints the schema of the configuration file.
struct ConfigSchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Print the JSON Schema of the configuration file.",
        discussion: """
            Editors that know it complete keys, show what they mean, and mark mistakes: name its file as "$schema" in the
            configuration file.

            Examples:
              oai-usage config schema
            """
    )

    func run() { StandardOutput.write(ConfigurationSchema.text) }
}
