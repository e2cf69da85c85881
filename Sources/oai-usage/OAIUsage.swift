import ArgumentParser
import OpenAIUsageGateway

/// The program.
@main
struct OAIUsage: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "oai-usage",
        abstract: "Meters, prices and reports every call to the OpenAI API.",
        discussion: """
            Examples:
              oai-usage demo
              oai-usage gateway --upstream https://api.openai.com
              OPENAI_BASE_URL=http://127.0.0.1:8787/v1 python my_program.py
              oai-usage report --since 7d --by project,model
              oai-usage show req_972e90b8f51596b55d43bf6d78b53f13
              oai-usage prices explain req_972e90b8f51596b55d43bf6d78b53f13

            Settings come from flags, else from the environment (OAI_USAGE_LEDGER, OAI_USAGE_UPSTREAM, ...), else from \
            the configuration file ($XDG_CONFIG_HOME/oai-usage/config.json).
            """,
        version: Gateway.version,
        subcommands: [
            DemoCommand.self, GatewayCommand.self, ReportCommand.self, CallsCommand.self, ShowCommand.self,
            PricesCommand.self, RepriceCommand.self, SimulateCommand.self,
        ]
    )
}
