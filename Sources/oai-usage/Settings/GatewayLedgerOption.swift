import ArgumentParser

/// The flag for a gateway's ledger, which can be disabled.
///
/// The value `none` disables the ledger, in the environment and configuration file too; a file of that name is written
/// as `./none`.
struct GatewayLedgerOption: ParsableArguments {
    /// The value that disables the ledger.
    static let none = "none"

    @Option(
        help: ArgumentHelp(
            "The ledger's file, or \"none\" for metrics without a ledger. (default: ~/.local/share/oai-usage/ledger.db)",
            valueName: "path"
        ),
        completion: .file()
    )
    var ledger: String?

    func validate() throws { try EmptyPath.refuse(ledger, "--ledger") }

    /// Returns the ledger's path.
    ///
    /// - Parameter settings: The settings that apply where the flag is absent.
    /// - Returns: The path; `nil` if the ledger is disabled.
    func path(_ settings: Settings) -> String? {
        let path = settings.ledger(ledger)
        return path == Self.none ? nil : path
    }
}
