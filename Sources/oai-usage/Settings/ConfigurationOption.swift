import ArgumentParser

/// The flag that says where the settings are, for commands that need no ledger.
struct ConfigurationOption: ParsableArguments {
    @Option(help: ArgumentHelp("The configuration file. (default: ~/.config/oai-usage/config.json)", valueName: "path"))
    var config: String?

    /// The settings that the flags leave open.
    func settings() async throws -> Settings {
        try await Settings(file: config)
    }
}
