import HTTPTypes
import Hummingbird
public import Logging
import NIOCore
public import OpenAIUsageMetrics
public import ServiceLifecycle

/// A tiny server for Prometheus: `/metrics`, and `/healthz` for who asks whether the process runs.
///
/// A program that has a server of its own does without: ``UsageMetrics/exposition(accept:)`` gives the text.
public struct MetricsEndpoint: Service {
    private let metrics: UsageMetrics
    private let host: String
    private let port: Int
    private let logger: Logger
    private let onListening: @Sendable (Int) async -> Void

    /// Creates an endpoint; ``run()`` listens.
    ///
    /// - Parameters:
    ///   - metrics: What is shown.
    ///   - host: The address to listen on; only this machine's own unless told otherwise, since the series name projects.
    ///   - port: The port; 0 lets the system choose.
    ///   - logger: Where failures are reported.
    ///   - onListening: Called once with the port when connections are accepted.
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
    public func run() async throws {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        let (metrics, onListening) = (metrics, onListening)
        let application = Application(
            responder: CallbackResponder { (request: Hummingbird.Request, _: BasicRequestContext) in
                Self.answer(request, metrics)
            },
            configuration: ApplicationConfiguration(address: .hostname(host, port: port)),
            onServerRunning: { channel in await onListening(channel.localAddress?.port ?? 0) },
            logger: quiet
        )
        try await application.run()
    }

    private static func answer(_ request: Hummingbird.Request, _ metrics: UsageMetrics) -> Hummingbird.Response {
        guard request.method == .get || request.method == .head else {
            return response(.methodNotAllowed, "text/plain; charset=utf-8", Array("Only GET and HEAD.\n".utf8))
        }
        let answer: Hummingbird.Response
        switch request.uri.path {
        case "/metrics":
            let (type, body) = metrics.exposition(accept: request.headers[values: .accept].joined(separator: ","))
            answer = response(.ok, type, body)
        case "/healthz": answer = response(.ok, "text/plain; charset=utf-8", Array("healthy\n".utf8))
        default:
            answer = response(.notFound, "text/plain; charset=utf-8", Array("See /metrics.\n".utf8))
        }
        return request.method == .head ? answer.createHeadResponse() : answer
    }

    private static func response(_ status: HTTPResponse.Status, _ type: String, _ body: [UInt8]) -> Hummingbird.Response
    {
        var headers: HTTPFields = [
            .contentType: type, .cacheControl: "no-store", .contentLength: String(body.count), .vary: "Accept",
        ]
        if status == .methodNotAllowed { headers[.allow] = "GET, HEAD" }
        return Hummingbird.Response(
            status: status,
            headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body))
        )
    }
}
