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

    func validate() throws {
        try EmptyPath.refuse(ledger, "--ledger")
        try EmptyPath.refuse(config, "--config")
    }

    /// Returns the path of the ledger.
    ///
    /// - Throws: A usage error if it is a gateway's URL.
    func path(_ settings: Settings) throws -> String {
        let path = settings.ledger(ledger)
        try Self.requireFile(path)
        return path
    }

    /// Throws a usage error for the URL of a gateway, which is not the one that the command would ask.
    func requireFileForGateway() throws {
        guard let ledger, let url = try Self.location(ledger).url else { return }
        throw ValidationError("--ledger is \(url); name the gateway with --admin host:port instead.")
    }

    /// Throws a usage error for a URL that no gateway can have.
    static func requireValid(_ ledger: String) throws { _ = try location(ledger) }

    private static func location(_ ledger: String) throws -> LedgerLocation {
        do { return try LedgerLocation(ledger) } catch { throw ValidationError("\(error)") }
    }

    /// Throws a usage error for a gateway's URL.
    static func requireFile(_ path: String) throws {
        guard let url = try location(path).url else { return }
        throw ValidationError(
            "The ledger is \(url); this command needs a local file: run it where the gateway's ledger is."
        )
    }

    /// Returns the settings that apply where flags are absent.
    func settings() async throws -> Settings {
        try await Settings(file: config)
    }
}

/// The refusal of empty paths, which unset variables of scripts leave behind.
enum EmptyPath {
    /// Throws a usage error for a flag with an empty value.
    static func refuse(_ value: String?, _ flag: String) throws {
        if value?.isEmpty == true { throw ValidationError("\(flag) is empty; give a path, or leave the flag out.") }
    }
}
