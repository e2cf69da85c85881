import ArgumentParser

/// The group of commands for settings.
struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Show, check and describe settings.",
        discussion: """
            A setting has one name: --upstream-ca is OAI_USAGE_UPSTREAM_CA in the environment and "upstream-ca" in the
            configuration file. Flags go before variables, and variables before the file. The file is JSON with comments
            and trailing commas.

            Examples:
              oai-usage config show
              oai-usage config check
              oai-usage config schema > config.schema.json
            """,
        subcommands: [ConfigShowCommand.self, ConfigCheckCommand.self, ConfigSchemaCommand.self]
    )
}
