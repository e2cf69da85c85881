import ArgumentParser

/// The flag for where a gateway keeps its calls, or that it keeps none.
///
/// The word for none is no path: the file of that name in the working folder is `./none`. It counts in the environment and the
/// configuration file too.
struct GatewayLedgerOption: ParsableArguments {
    /// The value that stands for no ledger.
    static let none = "none"

    @Option(
        help: ArgumentHelp(
            "The ledger's file, or \"none\" for metrics without a ledger. (default: ~/.local/share/oai-usage/ledger.db)",
            valueName: "path"
        )
    )
    var ledger: String?

    /// The ledger's path.
    ///
    /// - Parameter settings: The settings that count where the flag is not given.
    /// - Returns: The path; `nil` for no ledger.
    func path(_ settings: Settings) -> String? {
        let path = settings.ledger(ledger)
        return path == Self.none ? nil : path
    }
}
