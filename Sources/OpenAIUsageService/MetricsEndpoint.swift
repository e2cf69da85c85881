import HTTPTypes
import Hummingbird
public import Logging
import NIOCore
public import OpenAIUsageMetrics
public import ServiceLifecycle
import Synchronization

/// A small HTTP server with `/metrics` for Prometheus and `/healthz` for liveness probes.
///
/// A program with a server of its own does not need it: a Hummingbird router has `expose(_:at:)`, and any other server can
/// send the text of `UsageMetrics.exposition(accept:)`.
public struct MetricsEndpoint: Service {
    private let metrics: UsageMetrics
    private let host: String
    private let port: Int
    private let logger: Logger
    private let onListening: @Sendable (Int) async -> Void

    /// Creates an endpoint; ``run()`` starts to listen.
    ///
    /// - Parameters:
    ///   - metrics: The metrics to expose.
    ///   - host: The address to listen on. The default is the loopback address, since labels contain the names of projects.
    ///   - port: The port; 0 lets the system choose one.
    ///   - logger: The logger for failures.
    ///   - onListening: Called once with the port when the server accepts connections.
    public init(
        metrics: UsageMetrics,
        host: String = "127.0.0.1",
        port: Int = 10464,
        logger: Logger = Logger(label: "oai-usage.metrics"),
        onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) {
        self.metrics = metrics
        self.host = host
        self.port = port
        self.logger = logger
        self.onListening = onListening
    }

    /// Serves until a graceful shutdown or cancellation.
    ///
    /// - Throws: ``MetricsEndpointError`` if it cannot listen.
    public func run() async throws {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        let (metrics, onListening, isListening) = (metrics, onListening, Flag())
        let application = Application(
            responder: CallbackResponder { (request: Request, _: BasicRequestContext) in
                try await Self.answer(request, metrics)
            },
            server: .bounded(),
            configuration: ApplicationConfiguration(address: .hostname(host, port: port)),
            onServerRunning: { channel in
                isListening.set()
                await onListening(channel.localAddress?.port ?? 0)
            },
            logger: quiet
        )
        do { try await application.run() } catch {
            if isListening.isSet || error is CancellationError { throw error }
            throw MetricsEndpointError(address: "\(host):\(port)", reason: "\(error)")
        }
    }

    private static func answer(_ request: Request, _ metrics: UsageMetrics) async throws -> Response {
        guard request.method == .get || request.method == .head else {
            var response = MetricsResponse.text(.methodNotAllowed, "Only GET and HEAD.\n")
            response.headers[.allow] = "GET, HEAD"
            return response
        }
        let response =
            switch request.uri.path {
            case "/metrics": try await MetricsResponse.exposition(of: metrics, for: request)
            case "/healthz": MetricsResponse.text(.ok, "healthy\n")
            default: MetricsResponse.text(.notFound, "See /metrics.\n")
            }
        return request.method == .head ? response.createHeadResponse() : response
    }
}

/// A thread-safe flag.
private final class Flag: Sendable {
    private let state = Atomic<Bool>(false)

    var isSet: Bool { state.load(ordering: .relaxed) }

    func set() { state.store(true, ordering: .relaxed) }
}
