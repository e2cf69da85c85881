import ArgumentParser

/// The flags for the ledger and the configuration file.
struct LedgerOption: ParsableArguments {
    @Option(
        help: ArgumentHelp("The ledger's file. (default: ~/.local/share/oai-usage/ledger.db)", valueName: "path"),
        completion: .file()
    )
    var ledger: String?

    @Option(
        help: ArgumentHelp("The configuration file. (default: ~/.config/oai-usage/config.json)", valueName: "path"),
        completion: .file()
    )
    var config: String?

    /// Returns the settings that apply where flags are absent.
    func settings() async throws -> Settings {
        try await Settings(file: config)
    }
}
