import Hummingbird
public import Logging
import NIOCore
import NIOPosix
import OpenAIUsage
public import OpenAIUsageLedger
public import OpenAIUsageMetrics
public import OpenAIUsagePricing
import OpenAIUsageRecorder
import OpenAIUsageService
public import ServiceLifecycle
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A reverse proxy for the OpenAI API that meters every call.
///
/// It has two listeners: one for clients, whose calls it forwards, and one for operators, with metrics, health and reports.
public final class Gateway: Service {
    /// The version of the program.
    public static let version = "0.2.0"
    /// The path on the admin plane for repricing.
    package static let repricePath = "/api/reprice"
    /// The path on the admin plane for pruning.
    package static let prunePath = "/api/prune"

    /// The addresses of a running gateway.
    public struct Addresses: Sendable {
        /// The URL for clients, without a path.
        public var calls: String
        /// The URL for operators, without a path.
        public var admin: String
    }

    private let configuration: GatewayConfiguration
    private let ledger: Ledger?
    private let recorder: UsageRecorder
    private let live: LiveConfiguration
    private let metrics: UsageMetrics
    private let logger: Logger
    private let budgets = Mutex<BudgetWatch?>(nil)
    private let accessLog: AccessLog?
    private let onReady: @Sendable (Addresses) -> Void

    /// Creates a gateway; ``run()`` starts it.
    ///
    /// - Parameters:
    ///   - configuration: The listeners and upstreams.
    ///   - ledger: The ledger of its calls, which the gateway closes when it stops. `nil` for none: calls are priced and
    ///     counted in the metrics, no response waits for a commit, and a restart begins at zero.
    ///   - book: The price book.
    ///   - metrics: The metrics.
    ///   - logger: The log for failures, at most one line per kind and minute, without content or keys. Its handler may block.
    ///   - accessLog: The log with one line per call; `nil` for none.
    ///   - onReady: Called once when both listeners accept connections.
    public init(
        configuration: GatewayConfiguration,
        ledger: Ledger?,
        book: PriceBook = .bundled,
        metrics: UsageMetrics,
        logger: Logger,
        accessLog: AccessLog? = nil,
        onReady: @escaping @Sendable (Addresses) -> Void = { _ in }
    ) {
        var configuration = configuration
        // Without a ledger there is no commit to wait for.
        if ledger == nil { configuration.durability = .buffered }
        self.configuration = configuration
        live = LiveConfiguration(configuration)
        self.ledger = ledger
        self.metrics = metrics
        self.logger = logger
        self.accessLog = accessLog
        self.onReady = onReady
        metrics.createDataPlaneSeries()
        recorder = UsageRecorder(
            book: book,
            ledger: ledger,
            metrics: metrics,
            sinks: accessLog.map { [$0] } ?? [],
            countsCommitted: true
        )
        recorder.connect()
    }

    /// Prices calls with another book; calls that have ended keep their cost.
    public func use(_ book: PriceBook) { recorder.use(book) }

    /// Replaces the certificate of the listener for clients; open connections keep theirs.
    ///
    /// - Throws: A ``GatewayError`` if the listener was started without TLS.
    public func use(_ certificate: ServerCertificate) throws { try live.adopt(certificate) }

    /// Replaces the certificate of the admin listener; open connections keep theirs.
    ///
    /// - Throws: A ``GatewayError`` if that listener was started without TLS.
    public func useAdmin(_ certificate: ServerCertificate) throws { try live.adoptAdmin(certificate) }

    /// Adopts the access tokens, allowed hosts and upstream keys of another configuration.
    ///
    /// Calls in flight continue. All other settings are ignored.
    ///
    /// - Throws: A ``GatewayError`` if the upstreams differ or a listener would be open to anyone; nothing changes then.
    public func useAccess(of configuration: GatewayConfiguration) throws { try live.adopt(configuration) }

    /// Reopens the access log's file, which may have been moved away.
    public func reopenAccessLog() { accessLog?.reopen() }

    /// Watches budgets while the gateway runs; must be called before ``run()``, and has no effect without a ledger.
    package func watch(_ settings: BudgetWatch.Settings, tell: @escaping @Sendable (String) -> Void) {
        guard let ledger, !settings.budgets.isEmpty else { return }
        let watch = BudgetWatch(settings, ledger: ledger, tell: tell)
        metrics.registerBudgets { watch.gauges() }
        budgets.withLock { $0 = watch }
    }

    /// Counts a reload of certificates, tokens and keys.
    public func countReload(isSuccessful: Bool) { metrics.countConfigurationReload(isSuccessful: isSuccessful) }

    /// Counts a log line that the log's writer dropped.
    package func countLostLogLine() { metrics.count(.logLost) }

    /// Checks the host names and trusted certificates of a configuration, without listening.
    ///
    /// - Parameter configuration: The configuration, possibly that of a running gateway.
    /// - Throws: The error that ``run()`` would throw.
    public static func check(_ configuration: GatewayConfiguration) throws {
        try DataPlane.check(configuration)
        for address in [configuration.listen, configuration.admin] {
            do {
                _ = try SocketAddress.makeAddressResolvingHost(address.host, port: address.port)
            } catch {
                throw explained(error, address)
            }
        }
    }

    /// Serves until a graceful shutdown, then drains and closes the ledger.
    ///
    /// A graceful shutdown stops accepting connections and turns readiness red at once. Calls in flight, including streams,
    /// continue until they end or ``GatewayConfiguration/shutdownTimeout`` have passed; the rest are cut off so that their
    /// clients notice. Metrics and health are served until then. Cancellation of the task skips the drain.
    ///
    /// - Throws: ``GatewayError`` if it cannot listen, `RecordsLostError` if records were lost at the end.
    public func run() async throws {
        DescriptorLimit.raise()
        let log = GatewayLog(logger) { [metrics] in metrics.count(.logLost) }
        ledger?.observeStatus { log.tell($0) }
        accessLog?.observeTrouble { log.tell($0) }
        accessLog?.observeLoss { [metrics] in
            metrics.countGatewayEvent(DataPlaneEvent.accessLogLost.rawValue, by: Int64($0))
        }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, configuration.workers))
        var exchanges = ExchangeConfiguration(
            source: .gateway,
            // Without a ledger, digests are never compared with those of another run.
            fingerprinter: KeyFingerprinter(secret: ledger?.fingerprintSecret ?? Self.randomSecret()),
            projectsByKey: configuration.projectsByKey
        )
        if let ledger {
            exchanges.objects = ledger.objects
            exchanges.identities = ledger.identities
        }
        var failure: (any Error)?
        do {
            try configuration.validateAccess()
            let plane = try await dataPlane(exchanges, log, group)
            live.apply(to: plane)
            defer { live.apply(to: nil) }
            tellConnectionLimit(log)
            try await serve(plane, log)
        } catch {
            failure = error
        }
        let loss = await closeLedger()
        try? await group.shutdownGracefully()
        accessLog?.flush()
        if failure != nil, let loss { log.write(.error, "\(loss)") }
        log.finish()
        if let failure = failure ?? loss { throw failure }
    }

    private static func randomSecret() -> [UInt8] { (0..<32).map { _ in UInt8.random(in: .min ... .max) } }

    private func tellConnectionLimit(_ log: GatewayLog) {
        let (wanted, possible) = (configuration.limits.connections, DescriptorLimit.connections)
        guard wanted > possible else { return }
        log.write(
            .info,
            "The system's limit of open files allows \(possible) connections of clients, of \(wanted) that the setting does."
        )
    }

    private func closeLedger() async -> RecordsLostError? {
        do {
            try await ledger?.closeTelling()
            return nil
        } catch {
            return error as? RecordsLostError
        }
    }

    private func dataPlane(
        _ exchanges: ExchangeConfiguration,
        _ log: GatewayLog,
        _ group: MultiThreadedEventLoopGroup
    ) async throws -> DataPlane {
        do {
            return try await DataPlane.start(
                configuration: live.configuration,
                exchanges: exchanges,
                recorder: recorder,
                counters: metrics,
                log: log,
                group: group
            )
        } catch {
            throw Self.explained(error, configuration.listen)
        }
    }

    private func serve(_ plane: DataPlane, _ log: GatewayLog) async throws {
        let readiness = AdminPlane.Readiness()
        // An error that ends the admin plane is thrown; the libraries' own log lines are of no use to operators.
        var quiet = logger
        quiet.logLevel = .critical
        // Operators are told the port that was found for clients.
        var told = configuration
        told.listen.port = plane.port
        let reconciliation = ledger.map { ledger in
            ReconciliationFile(path: ReconciliationResult.path(ledger: ledger.path)) { log.write(.warning, $0) }
        }
        metrics.registerReconciliation { reconciliation?.latest?.gauge }
        let admin = AdminPlane(
            configuration: told,
            metrics: metrics,
            ledger: ledger,
            prices: { [recorder] in recorder.book },
            logger: quiet,
            access: live.admin,
            certificate: configuration.access.adminCertificate == nil ? nil : live.adminCertificate,
            isReady: readiness,
            api: ledger.map { ledger in
                ReportingAPI(
                    path: ledger.path,
                    budgets: budgets.withLock { $0?.budgets ?? [] },
                    reconciliation: reconciliation
                ) { [recorder] in recorder.book }
            },
            reconciliation: reconciliation
        )
        defer { admin.api?.close() }
        let (configuration, onReady) = (configuration, onReady)
        let application = admin.application { port in
            readiness.set(true)
            var calls = configuration.listen
            calls.port = plane.port
            var operators = configuration.admin
            operators.port = port
            let access = configuration.access
            let scheme = access.certificate == nil ? "http" : "https"
            let adminScheme = access.adminCertificate == nil ? "http" : "https"
            onReady(Addresses(calls: "\(scheme)://\(calls)", admin: "\(adminScheme)://\(operators)"))
        }
        // Services stop in reverse order, one after the other: metrics are served until no call is in flight.
        var watched: [any Service] = []
        if let watch = budgets.withLock({ $0 }) { watched.append(watch) }
        let services = ServiceGroup(
            services: watched + [
                AdminService {
                    async let sums: Void? = admin.api?.readAhead()
                    try await application.run()
                    _ = await sums
                },
                DrainingService(
                    plane: plane,
                    readiness: readiness,
                    limit: configuration.shutdownMilliseconds,
                    log: log
                ),
            ],
            logger: quiet
        )
        do {
            try await services.run()
        } catch is CancellationError {
            // Expected by the task that canceled.
        } catch {
            throw Self.explained(error, configuration.admin)
        }
    }

    static func explained(_ error: any Error, _ address: GatewayConfiguration.Address) -> any Error {
        if error is GatewayError || error is CancellationError { return error }
        if let error = error as? IOError, error.errnoCode == EADDRINUSE {
            return GatewayError(
                code: .addressInUse,
                message: "Cannot listen on \(address): another process does. Stop it, or choose another address."
            )
        }
        return GatewayError(
            code: .addressUnavailable,
            message: "Cannot listen on \(address): \(ErrorText.describe(error))."
        )
    }
}
