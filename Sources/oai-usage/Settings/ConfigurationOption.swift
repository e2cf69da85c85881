import ArgumentParser

/// The flag for the configuration file, for commands that need no ledger.
struct ConfigurationOption: ParsableArguments {
    @Option(
        help: ArgumentHelp("The configuration file. (default: ~/.config/oai-usage/config.json)", valueName: "path"),
        completion: .file()
    )
    var config: String?

    func validate() throws { try EmptyPath.refuse(config, "--config") }

    /// Returns the settings that apply where flags are absent.
    func settings() async throws -> Settings {
        try await Settings(file: config)
    }
}
