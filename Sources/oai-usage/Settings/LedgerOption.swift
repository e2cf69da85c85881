import ArgumentParser

/// The flags that say where the ledger and the settings are.
struct LedgerOption: ParsableArguments {
    @Option(help: ArgumentHelp("The ledger's file. (default: ~/.local/share/oai-usage/ledger.db)", valueName: "path"))
    var ledger: String?

    @Option(help: ArgumentHelp("The configuration file. (default: ~/.config/oai-usage/config.json)", valueName: "path"))
    var config: String?

    /// The settings that the flags leave open.
    func settings() async throws -> Settings {
        try await Settings(file: config)
    }
}
