import ArgumentParser
import Foundation
import OpenAIUsageGateway

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The entry point of the program.
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

            Settings come from flags, else from the environment, else from the configuration file (--config, \
            OAI_USAGE_CONFIG, or $XDG_CONFIG_HOME/oai-usage/config.json), by one name: --upstream-ca is OAI_USAGE_UPSTREAM_CA \
            and "upstream-ca".
            """,
        version: Gateway.version,
        subcommands: [
            GlanceCommand.self, DemoCommand.self, GatewayCommand.self, ReportCommand.self, CallsCommand.self,
            ShowCommand.self,
            LimitsCommand.self, TopCommand.self, WasteCommand.self, BudgetCommand.self, ReconcileCommand.self,
            StatuslineCommand.self, DoctorCommand.self, ServeMetricsCommand.self, PricesCommand.self,
            RepriceCommand.self, ExportCommand.self, PruneCommand.self, LedgerCommand.self,
            ConfigCommand.self, SchemaCommand.self, SimulateCommand.self,
        ]
    )

    /// Parses the arguments into a command.
    ///
    /// A command without subcommands is parsed on its own, which starts faster. Errors and help are produced by the
    /// whole program, so that usage lines include its name. Without a command, there are the flags of the glance, or those of
    /// the program itself, such as `--help`.
    private static func command(_ arguments: [String]) throws -> any ParsableCommand {
        if arguments.first?.hasPrefix("-") ?? true {
            if let glance = try? GlanceCommand.parseAsRoot(arguments), type(of: glance) == GlanceCommand.self {
                return glance
            }
            do { return try parseAsRoot(arguments) } catch  where exitCode(for: error) == .validationFailure {
                return try parseAsRoot([GlanceCommand.configuration.commandName ?? ""] + arguments)
            }
        }
        if arguments.first == "help", arguments.dropFirst().first != "help",
            let unknown = UnknownCommand.first(in: Array(arguments.dropFirst()), of: self)
        {
            throw ValidationError(unknown.message)
        }
        let named = configuration.subcommands.first { $0.configuration.commandName == arguments.first }
        if let named, named.configuration.subcommands.isEmpty,
            let command = try? named.parseAsRoot(Array(arguments.dropFirst())), type(of: command) == named
        {
            return command
        }
        return try parseAsRoot(arguments)
    }

    /// The arguments, without the program's name.
    ///
    /// On Linux the runtime finds them beside the environment, and not if a preloaded library has moved that.
    private static let arguments: [String] = {
        let arguments = CommandLine.arguments
        guard arguments.isEmpty, let text = try? String(contentsOfFile: "/proc/self/cmdline", encoding: .utf8) else {
            return Array(arguments.dropFirst())
        }
        return text.split(separator: "\0", omittingEmptySubsequences: false).dropFirst().dropLast().map { String($0) }
    }()

    /// Returns the error to end with; that of a usage error has been written.
    private static func explained(_ error: any Error) -> any Error {
        if arguments.first?.hasPrefix("--generate-completion-script") == true, exitCode(for: error) == .success {
            return CleanExit.message(ZshCompletion.completed(BashCompletion.completed(fullMessage(for: error))))
        }
        guard let usage = UsageMessage(error, of: Self.self, arguments: arguments) else {
            return ErrorMessage.explained(error)
        }
        StandardError.write(SecretText.masked(usage.text))
        return ExitCode.validationFailure
    }

    static func main() async {
        // With SIGPIPE ignored, a closed stderr does not end the program, and a closed stdout makes a write fail.
        signal(SIGPIPE, SIG_IGN)
        do {
            var command = try command(arguments)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            ProgramLog.standard.flush()
        } catch {
            ProgramLog.standard.flush()
            let error = explained(error)
            let code = exitCode(for: error)
            guard code != .success else { exit(withError: error) }
            let text = fullMessage(for: error)
            if !text.isEmpty { StandardError.write(SecretText.masked(text)) }
            exit(withError: ExitCode(code.rawValue))
        }
    }
}
