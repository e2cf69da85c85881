import ArgumentParser
import Foundation
import Logging
import OpenAIUsageGateway
import OpenAIUsageLedger
import OpenAIUsageMetrics
import OpenAIUsagePricing
import ServiceLifecycle
import UnixSignals

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

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

            \(AccessOptions.discussion)

            SIGTERM and Ctrl-C wait for open calls; a second one ends at once.
            HTTPS_PROXY, NO_PROXY, SSL_CERT_FILE and SSL_CERT_DIR count as for curl.
            """
    )

    @OptionGroup var options: GatewayOptions
    @OptionGroup var files: PricesOption
    @OptionGroup var storage: LedgerOption

    func run() async throws {
        // Until the signals are orders, those to end are obeyed by the system, and a hangup is for nothing.
        signal(SIGHUP, SIG_IGN)
        let settings = try await storage.settings()
        let (configuration, warnings) = try options.configurationWithWarnings(settings)
        let book = try files.book(settings)
        var ledgerOptions = LedgerOptions()
        ledgerOptions.purpose = "oai-usage gateway on \(configuration.listen)"
        ledgerOptions.syncsEveryCommit = configuration.durability == .fsync
        let metrics = UsageMetrics(build: BuildInformation(version: Gateway.version))
        ledgerOptions.commitObserver = { metrics.observeStoreWrite(seconds: Double($0.duration) / 1_000_000_000) }
        let path = settings.ledger(storage.ledger)
        let logger = JSONLines.logger(label: "oai-usage", level: try options.level(settings))
        let ledger = try Ledger(path: path, options: ledgerOptions)
        let signals = await UnixSignalsSequence(trapping: SignalReaction.signals)
        for message in settings.suspects + warnings { StandardError.write("gateway: \(message)") }
        let gateway = Gateway(
            configuration: configuration,
            ledger: ledger,
            book: book,
            metrics: metrics,
            logger: logger
        ) {
            StandardError.write("gateway: listening on \($0.calls)\ngateway: metrics on \($0.admin)/metrics")
            Self.describe(configuration.upstream, configuration.proxy, configuration.upstreamKey)
            for route in configuration.routes {
                let key = route.key.map { ", with \($0)" } ?? ""
                StandardError.write("gateway: forwarding \(route.prefix) to \(route.upstream)\(key)")
            }
            Self.describe(configuration.access)
            StandardError.write("gateway: keeping calls in \(path), pricing by the price book \(book.version)")
        }
        let (files, reload) = (files, AccessReload(options: options, gateway: gateway))
        let status = try await SignalScope.run(gateway, signals) {
            await reload.run { try await storage.settings() }
            do {
                let book = try files.book(try await storage.settings())
                gateway.use(book)
                LogWriter.standardError.write("gateway: pricing by the price book \(book.version) from now on")
            } catch {
                LogWriter.standardError.write("gateway: \(error) The prices stay as they were.")
            }
        }
        if let status { throw ExitCode(status) }
    }

    private static func describe(_ access: GatewayAccess) {
        let count = { (tokens: AccessTokens) in tokens.count == 1 ? "a token" : "one of \(tokens.count) tokens" }
        if let tokens = access.clientTokens {
            StandardError.write("gateway: clients need \(count(tokens))")
        } else if access.allowsAnyone {
            StandardError.write("gateway: clients need no token, wherever they are")
        }
        if let tokens = access.adminTokens { StandardError.write("gateway: operators need \(count(tokens))") }
    }

    private static func describe(_ upstream: Upstream, _ proxy: UpstreamProxy?, _ key: UpstreamKey?) {
        let way = (proxy.map { " through the proxy \($0)" } ?? "") + (key.map { ", with \($0)" } ?? "")
        StandardError.write("gateway: forwarding to \(upstream)\(way)")
        guard !upstream.version.isEmpty else { return }
        StandardError.write(
            "gateway: the upstream's \(upstream.version) stands for the /v1 of the clients' paths, which is not sent twice"
        )
    }
}
