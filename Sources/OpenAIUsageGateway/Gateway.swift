import Hummingbird
public import Logging
import NIOCore
import NIOPosix
import OpenAIUsage
public import OpenAIUsageLedger
public import OpenAIUsageMetrics
public import OpenAIUsagePricing
import OpenAIUsageService
public import ServiceLifecycle

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A reverse proxy for the API that meters every call that goes through it.
///
/// It listens twice: for clients, whose calls are forwarded unchanged, and for operators, who read metrics and health.
public final class Gateway: Service {
    /// The version of the program.
    public static let version = "0.1.0"
    /// The path on the admin plane that prices calls anew.
    package static let repricePath = "/api/reprice"

    /// Where a running gateway listens.
    public struct Addresses: Sendable {
        /// Where clients connect, as a URL without a path.
        public var calls: String
        /// Where operators connect, as a URL without a path.
        public var admin: String
    }

    private let configuration: GatewayConfiguration
    private let ledger: Ledger
    private let recorder: LedgerRecorder
    private let live: LiveConfiguration
    private let metrics: UsageMetrics
    private let logger: Logger
    private let onReady: @Sendable (Addresses) -> Void

    /// Creates a gateway; ``run()`` starts it.
    ///
    /// - Parameters:
    ///   - configuration: How it listens and where it forwards.
    ///   - ledger: Where its calls are kept; the gateway closes it when it ends.
    ///   - book: What calls are priced with.
    ///   - metrics: What is counted.
    ///   - logger: Where failures are reported; never content or keys.
    ///   - onReady: Called once when both listeners accept connections.
    public init(
        configuration: GatewayConfiguration,
        ledger: Ledger,
        book: PriceBook = .bundled,
        metrics: UsageMetrics,
        logger: Logger,
        onReady: @escaping @Sendable (Addresses) -> Void = { _ in }
    ) {
        self.configuration = configuration
        live = LiveConfiguration(configuration)
        self.ledger = ledger
        self.metrics = metrics
        self.logger = logger
        self.onReady = onReady
        recorder = LedgerRecorder(book: book, metrics: metrics, ledger: ledger)
        recorder.observeLedger()
    }

    /// Prices calls with another book from now on; those that have ended keep their price.
    public func use(_ book: PriceBook) { recorder.use(book) }

    /// Shows another certificate to the clients that connect from now on; open connections go on.
    ///
    /// - Throws: A ``GatewayError`` if the listener was started without TLS.
    public func use(_ certificate: ServerCertificate) throws { try live.adopt(certificate) }

    /// Adopts the tokens, the allowed names and the keys of the upstreams of a configuration that was read anew.
    ///
    /// Open calls go on; nothing else of the configuration counts.
    ///
    /// - Throws: A ``GatewayError``, and nothing changes, if the upstreams are others or a listener would be open to anyone.
    public func useAccess(of configuration: GatewayConfiguration) throws { try live.adopt(configuration) }

    /// Serves until a graceful shutdown, then waits for open calls and closes the ledger.
    ///
    /// When the task is cancelled it ends without waiting.
    ///
    /// - Throws: ``GatewayError`` if it cannot listen, `RecordsLostError` if its end has lost records.
    public func run() async throws {
        DescriptorLimit.raise()
        let log = LedgerLog(logger)
        ledger.observeStatus { log.tell($0) }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, configuration.threads))
        var exchanges = ExchangeConfiguration(
            source: .gateway,
            fingerprinter: KeyFingerprinter(secret: ledger.fingerprintSecret),
            projectsByKey: configuration.projectsByKey,
            objects: ledger.objects
        )
        exchanges.identities = ledger.identities
        do {
            try configuration.validateAccess()
            let plane = try await dataPlane(exchanges, group)
            live.apply(to: plane)
            defer { live.apply(to: nil) }
            try await serve(plane)
        } catch {
            let loss = await closeLedger()
            try? await group.shutdownGracefully()
            if let loss { logger.error("\(loss)") }
            throw error
        }
        let loss = await closeLedger()
        try? await group.shutdownGracefully()
        if let loss { throw loss }
    }

    private func closeLedger() async -> RecordsLostError? {
        do {
            try await ledger.closeTelling()
            return nil
        } catch {
            return error as? RecordsLostError
        }
    }

    private func dataPlane(
        _ exchanges: ExchangeConfiguration,
        _ group: MultiThreadedEventLoopGroup
    ) async throws -> DataPlane {
        do {
            return try await DataPlane.start(
                configuration: live.configuration,
                exchanges: exchanges,
                recorder: recorder,
                logger: logger,
                group: group
            )
        } catch {
            throw Self.explained(error, configuration.listen)
        }
    }

    private func serve(_ plane: DataPlane) async throws {
        enum Part: Sendable { case admin, shutdown }
        let readiness = AdminPlane.Readiness()
        // Whatever ends the admin plane is thrown; what its libraries say on the way is for their makers.
        var quiet = logger
        quiet.logLevel = .critical
        let admin = AdminPlane(
            configuration: configuration,
            metrics: metrics,
            ledger: ledger,
            prices: { [recorder] in recorder.book },
            logger: quiet,
            access: live.admin,
            isReady: readiness
        )
        let (configuration, onReady) = (configuration, onReady)
        let application = admin.application { port in
            readiness.set(true)
            var calls = configuration.listen
            calls.port = plane.port
            var operators = configuration.admin
            operators.port = port
            let scheme = configuration.access.certificate == nil ? "http" : "https"
            onReady(Addresses(calls: "\(scheme)://\(calls)", admin: "http://\(operators)"))
        }
        try await withThrowingTaskGroup(of: Part.self) { tasks in
            tasks.addTask {
                try await application.run()
                return .admin
            }
            tasks.addTask {
                try? await gracefulShutdown()
                return .shutdown
            }
            do {
                // The admin plane ends by itself at a graceful shutdown too.
                _ = try await tasks.next()
            } catch {
                readiness.set(false)
                tasks.cancelAll()
                _ = await plane.shutDown(within: .zero)
                throw Self.explained(error, configuration.admin)
            }
            readiness.set(false)
            let limit: TimeAmount = Task.isCancelled ? .zero : .milliseconds(configuration.shutdownMilliseconds)
            logger.info("The gateway ends when its open calls have ended.")
            let isDrained = await plane.shutDown(within: limit)
            if !isDrained { logger.warning("Some calls were still open at the end of the shutdown's time limit.") }
            tasks.cancelAll()
        }
    }

    private static func explained(_ error: any Error, _ address: GatewayConfiguration.Address) -> any Error {
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
