import ArgumentParser
import Foundation
import Logging
import OpenAIUsageGateway
import OpenAIUsageLedger
import OpenAIUsageMetrics
import OpenAIUsagePricing
import ServiceLifecycle
import UnixSignals

/// Runs the gateway until it is told to end.
struct GatewayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gateway",
        abstract: "Forward calls to the API, and meter every one.",
        discussion: """
            Examples:
              oai-usage gateway
              oai-usage gateway --upstream https://eu.api.openai.com --ledger /var/lib/oai-usage/ledger.db
              oai-usage gateway --key-project WXYZ=proj_search

            Clients need nothing but OPENAI_BASE_URL=http://127.0.0.1:8787/v1.
            """
    )

    @OptionGroup var options: GatewayOptions
    @OptionGroup var files: PricesOption
    @OptionGroup var storage: LedgerOption
    @Option(help: ArgumentHelp("What is logged: trace, debug, info, notice, warning, error. (default: info)"))
    var logLevel: Logger.Level = .info

    func run() async throws {
        // Without it a log that nobody reads would end the process.
        signal(SIGPIPE, SIG_IGN)
        let settings = try await storage.settings()
        let configuration = try options.configuration(settings)
        let book = try files.book(settings)
        var ledgerOptions = LedgerOptions()
        ledgerOptions.purpose = "oai-usage gateway on \(configuration.listen)"
        ledgerOptions.syncsEveryCommit = configuration.durability == .fsync
        let metrics = UsageMetrics(build: BuildInformation(version: Gateway.version))
        ledgerOptions.commitObserver = { metrics.observeStoreWrite(seconds: Double($0.duration) / 1_000_000_000) }
        let path = settings.ledger(storage.ledger)
        let ledger = try Ledger(path: path, options: ledgerOptions)
        let logger = JSONLines.logger(label: "oai-usage", level: logLevel)
        let gateway = Gateway(
            configuration: configuration,
            ledger: ledger,
            book: book,
            metrics: metrics,
            logger: logger
        ) {
            StandardError.write("gateway: listening on \($0.calls)\ngateway: metrics on \($0.admin)/metrics")
            StandardError.write("gateway: forwarding to \(configuration.upstream), keeping calls in \(path)")
            StandardError.write("gateway: pricing by the price book \(book.version)")
        }
        let group = ServiceGroup(
            services: [gateway],
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: JSONLines.logger(label: "oai-usage", level: .error)
        )
        try await group.run()
    }
}
