import ArgumentParser

/// Shows the effective settings.
struct ConfigShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show each effective setting, and where it comes from.",
        discussion: """
            Flags of settings may follow, to see what they change. Secrets are never shown: (set) stands for them. With a
            value that a command would refuse, the list ends with it on the standard error, and with status 1.

            Examples:
              oai-usage config show
              oai-usage config show --listen 127.0.0.1:9000 --no-include-usage
              oai-usage config show --json
            """
    )

    @OptionGroup var file: ConfigurationOption
    @OptionGroup var output: FormatOption<RowsFormat>
    @Argument(parsing: .allUnrecognized, help: ArgumentHelp("Flags of settings.", valueName: "flags"))
    var flags: [String] = []

    func validate() throws {
        do { _ = try SettingFlags(flags) } catch { throw ValidationError("\(error)") }
    }

    func run() async throws {
        let settings = try await file.settings()
        let effective = EffectiveSettings(settings, flags: try SettingFlags(flags).values)
        let report = SettingsReport(effective.rows)
        report.write(as: output.value)
        for message in settings.suspects { StandardError.write(message) }
        guard !effective.problems.isEmpty else { return }
        for problem in effective.problems { StandardError.write("Error: \(SecretText.masked(problem))") }
        throw ExitCode.failure
    }
}
