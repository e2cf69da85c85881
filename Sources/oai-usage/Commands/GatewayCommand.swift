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

/// Runs the gateway until it is signaled to stop.
struct GatewayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gateway",
        abstract: "Forward calls to the API, and meter every one.",
        discussion: """
            Examples:
              oai-usage gateway
              oai-usage gateway --upstream https://eu.api.openai.com --ledger /var/lib/oai-usage/ledger.db
              oai-usage gateway --key-project WXYZ=proj_search
              oai-usage gateway --ledger none
              oai-usage gateway --check

            Clients need nothing but OPENAI_BASE_URL=http://127.0.0.1:8787/v1.

            \(AccessOptions.discussion)

            SIGHUP also opens the access log again. SIGTERM and Ctrl-C refuse new connections, \
            turn /-/ready red, and wait for the calls in flight, streams among them, until --shutdown-timeout; metrics and health \
            are served until then. What is left is cut off so that its client sees it. A second signal ends at once.
            --check prints every setting with where it comes from, checks what a start needs without listening or opening \
            the ledger, and ends with 0, or with 1 or 64 and what is wrong.
            --ledger none keeps no calls: they are priced and counted in the metrics, which begin at zero with each start, no \
            response waits for a commit, and --durability counts for nothing. A file of that name is ./none.
            Of each kind of failure one line a minute is logged, with "repeated" for the number of those that were not. The \
            log does not hold the gateway up: what nobody reads is dropped, and counted.
            The access log has time, id, request_id, method, host, path, endpoint, status, outcome, error_code, duration_ms, \
            request_bytes, sent_bytes, project, model, input_tokens, output_tokens and cost_usd as far as they are known; \
            never content, queries or keys.
            HTTPS_PROXY, NO_PROXY, SSL_CERT_FILE and SSL_CERT_DIR count as for curl.
            """
    )

    @OptionGroup var options: GatewayOptions
    @OptionGroup var files: PricesOption
    @OptionGroup var storage: GatewayLedgerOption
    @OptionGroup var file: ConfigurationOption

    @Flag(help: "Check the configuration and print it, with where each value comes from; start nothing.")
    var check = false

    func run() async throws {
        // Until signals are trapped, termination signals have their default action and SIGHUP is ignored.
        signal(SIGHUP, SIG_IGN)
        let settings = try await file.settings()
        let (configuration, warnings) = try options.configurationWithWarnings(settings)
        let log = ProgramLog(format: try options.format(settings))
        defer { log.flush() }
        let logger = log.logger(level: try options.level(settings))
        let book = try files.book(settings) { log.say($0, level: .warning) }
        let path = storage.path(settings)
        let accessLogPath = options.accessLog(settings)
        var ledgerOptions = LedgerOptions()
        try options.retention.apply(settings, to: &ledgerOptions)
        let metricsLimits = try options.metrics.limits(settings)
        let (budgets, budgetWarnings) = try options.budgets.watch(settings)
        if check { return try check(settings, configuration, warnings, ledger: path, accessLog: accessLogPath) }
        ledgerOptions.retentionObserver = { note in
            log.say("gateway: \(note)", level: note.isWarning ? .warning : .info)
        }
        let progress = WorkProgress.upgrade(isTerminal: StandardError.isTerminal && log.format == .text) {
            log.say("gateway: \($0)")
        }
        ledgerOptions.upgradeObserver = { progress($0, $1) }
        let metrics = UsageMetrics(
            build: BuildInformation(version: Gateway.version),
            limits: metricsLimits
        )
        let accessLog = try accessLogPath.map { try AccessLog(path: $0 == "-" ? nil : $0) }
        let ledger = try path.map { try Self.ledger($0, configuration, ledgerOptions, metrics) }
        let signals = await UnixSignalsSequence(trapping: SignalReaction.signals)
        for message in settings.suspects + warnings + budgetWarnings { log.say("gateway: \(message)", level: .warning) }
        let gateway = Gateway(
            configuration: configuration,
            ledger: ledger,
            book: book,
            metrics: metrics,
            logger: logger,
            accessLog: accessLog
        ) {
            log.say("gateway: listening on \($0.calls)")
            log.say("gateway: metrics on \($0.admin)/metrics")
            Self.describe(configuration.upstream, configuration.proxy, configuration.upstreamKey, log)
            for route in configuration.routes {
                let key = route.key.map { ", with \($0)" } ?? ""
                log.say("gateway: forwarding \(route.prefix) to \(route.upstream)\(key)")
            }
            Self.describe(configuration.access, log)
            let place =
                path.map { "keeping calls in \($0)" } ?? "keeping no ledger: calls are counted in the metrics alone"
            log.say("gateway: \(place), pricing by the price book \(book.version)")
        }
        gateway.watch(budgets) { log.say("gateway: \($0)", level: .warning) }
        log.observeLoss { gateway.countLostLogLine() }
        let (file, files, reload) = (file, files, AccessReload(options: options, gateway: gateway, log: log))
        let status = try await SignalScope.run(gateway, signals, logger: log.logger(level: .error)) {
            gateway.reopenAccessLog()
            await reload.run { try await file.settings() }
            do {
                let book = try files.book(try await file.settings()) { log.say($0, level: .warning) }
                gateway.use(book)
                log.say("gateway: pricing by the price book \(book.version) from now on")
            } catch {
                log.say("gateway: \(error) The prices stay as they were.", level: .error)
            }
        }
        if let status { throw ExitCode(status) }
    }

    private static func ledger(
        _ path: String,
        _ configuration: GatewayConfiguration,
        _ options: LedgerOptions,
        _ metrics: UsageMetrics
    ) throws -> Ledger {
        var options = options
        options.purpose = "oai-usage gateway on \(configuration.listen)"
        options.syncsEveryCommit = configuration.durability == .fsync
        options.keepsJournal = configuration.durability == .committed
        options.commitObserver = { metrics.observeLedgerWrite(seconds: Double($0.durationNanoseconds) / 1_000_000_000) }
        return try Ledger(path: path, options: options)
    }

    private static func describe(_ access: GatewayAccess, _ log: ProgramLog) {
        let count = { (tokens: AccessTokens) in tokens.count == 1 ? "a token" : "one of \(tokens.count) tokens" }
        if let tokens = access.clientTokens {
            log.say("gateway: clients need \(count(tokens))")
        } else if access.allowsAnyone {
            log.say("gateway: clients need no token, wherever they are")
        }
        if let tokens = access.adminTokens { log.say("gateway: operators need \(count(tokens))") }
    }

    private func check(
        _ settings: Settings,
        _ configuration: GatewayConfiguration,
        _ warnings: [String],
        ledger: String?,
        accessLog: String?
    ) throws {
        var others: [SettingsReport.Row] = []
        if let proxy = configuration.proxy {
            others.append(.init(name: "(proxy)", value: "\(proxy)", origin: "environment"))
        }
        for route in configuration.routes {
            let key = route.key.map { ", with \($0)" } ?? ""
            others.append(.init(name: "(\(route.prefix))", value: "\(route.upstream)\(key)", origin: "routes"))
        }
        SettingsReport(settings, others: others).write(as: .table)
        for message in settings.suspects + warnings { StandardError.write("gateway: \(message)") }
        if let ledger, let problem = WritablePath.ledgerProblem(ledger) {
            throw CommandFailure("The ledger \(ledger) cannot be written: \(problem). Choose another with --ledger.")
        }
        if let accessLog, accessLog != "-", let problem = WritablePath.problem(accessLog, makesFolders: false) {
            throw CommandFailure(
                "The access log \(accessLog) cannot be written: \(problem). Choose another with --access-log."
            )
        }
        try Gateway.check(configuration)
        StandardError.write("gateway: the configuration is sound")
    }

    private static func describe(_ upstream: Upstream, _ proxy: UpstreamProxy?, _ key: UpstreamKey?, _ log: ProgramLog)
    {
        let way = (proxy.map { " through the proxy \($0)" } ?? "") + (key.map { ", with \($0)" } ?? "")
        log.say("gateway: forwarding to \(upstream)\(way)")
        guard !upstream.version.isEmpty else { return }
        log.say(
            "gateway: the upstream's \(upstream.version) stands for the /v1 of the clients' paths, which is not sent twice"
        )
    }
}
