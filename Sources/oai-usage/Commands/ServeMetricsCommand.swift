import ArgumentParser
import Logging
import OpenAIUsageGateway
import UnixSignals

/// Serves Prometheus metrics from a ledger until it is signaled to stop.
struct ServeMetricsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve-metrics",
        abstract: "Serve /metrics from a ledger, for programs that meter themselves.",
        discussion: """
            The ledger is only read, also while a program writes to it. While it is missing or cannot be read, /metrics
            answers 503 and says why.

            Counters are those of the gateway's /metrics, summed up since the ledger's beginning: they are the same after
            a restart, stay when rows are pruned, and cost_usd equals 'oai-usage report'. They fall only where the ledger
            itself is corrected, as by 'oai-usage reprice'. Latencies are within 0.8 %. What the sums do not tell is left
            out: upstream_overhead, gateway_overhead, time_per_output_token, rate_limit_headroom, output_hidden_tokens,
            client_retries, price_book_updated, and all of the gateway's own (gateway_*, record*, store_*,
            include_usage_not_asked). The reasons of unpriced_calls are all "other".

            Examples:
              oai-usage serve-metrics --ledger usage.db
              oai-usage serve-metrics --ledger usage.db --listen 0.0.0.0:10464 --admin-token-file tokens
            """
    )

    @OptionGroup var storage: LedgerOption
    @Option(help: ArgumentHelp("Where to listen.", valueName: "host:port"))
    var listen = GatewayConfiguration.Address(host: "127.0.0.1", port: 10464)
    @Option(
        help: ArgumentHelp(
            "The tokens of which each scrape needs one: one a line; a line that begins with # is a comment.",
            valueName: "file"
        ),
        completion: .file()
    )
    var adminTokenFile: String?
    @Flag(help: "Let other machines in without a token.")
    var allowAnyone = false
    @Option(
        help: ArgumentHelp("A name that the server may be called by besides localhost; repeatable.", valueName: "name")
    )
    var allowedHost: [String] = []

    func run() async throws {
        let path = try await storage.settings().ledger(storage.ledger)
        if path.contains("://") {
            throw CommandFailure("\(path.prefix(200)) is a URL; a gateway has a /metrics of its own, so scrape that.")
        }
        let tokens = try adminTokenFile.map { file in
            let secret = try SecretFile(path: file, place: "--admin-token-file")
            if let warning = secret.warning { StandardError.write("serve-metrics: \(warning)") }
            return try AccessTokens(text: secret.text, place: file)
        }
        let signals = await UnixSignalsSequence(trapping: SignalReaction.signals)
        let server = try LedgerMetricsServer(
            path: path,
            listen: listen,
            tokens: tokens,
            allowedHosts: allowedHost,
            allowsAnyone: allowAnyone,
            logger: ProgramLog.standard.logger(level: .critical)
        ) { StandardError.write("serve-metrics: \(path) on \($0)") }
        if let status = try await SignalScope.run(server, signals, reload: {}) { throw ExitCode(status) }
    }
}
