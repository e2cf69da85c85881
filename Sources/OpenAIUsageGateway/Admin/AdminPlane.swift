import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOSSL
import OpenAIUsage
import OpenAIUsageLedger
import OpenAIUsageMetrics
import OpenAIUsagePricing
import OpenAIUsageService
import Synchronization

/// The listener for operators: metrics, health, reports and a page that shows them.
struct AdminPlane: Sendable {
    let configuration: GatewayConfiguration
    let metrics: UsageMetrics
    /// The ledger; `nil` if calls are not kept.
    let ledger: Ledger?
    /// Returns the current price book.
    let prices: @Sendable () -> PriceBook
    let logger: Logger
    /// The access rules; health is exempt.
    let access: AdminAccess
    /// The certificate; `nil` for plain HTTP.
    let certificate: CurrentCertificate?
    /// True from when the data plane listens until a graceful shutdown begins.
    let isReady: Readiness
    let gate = RepriceGate()
    /// The reporting API; `nil` if calls are not kept.
    let api: ReportingAPI?
    /// The result of the last reconciliation; `nil` if calls are not kept.
    var reconciliation: ReconciliationFile?
    var clock: any UsageClock = SystemUsageClock()

    /// The paths that need neither a token nor a known host.
    private static let healthPaths: Set<String> = ["/healthz", "/-/healthy", "/readyz", "/-/ready"]

    var book: PriceBook { prices() }

    /// A flag that is true while calls are accepted.
    final class Readiness: Sendable {
        private let value = Atomic<Bool>(false)

        func set(_ isReady: Bool) { value.store(isReady, ordering: .relaxed) }
        var isReady: Bool { value.load(ordering: .relaxed) }
    }

    /// Creates the server; `onRunning` receives the port when it listens.
    func application(
        onRunning: @escaping @Sendable (Int) async -> Void
    ) -> Application<CallbackResponder<AdminContext>> {
        Application(
            responder: CallbackResponder { request, context in
                let isHealth = Self.healthPaths.contains(request.uri.path)
                if !isHealth, let rejection = rejection(of: request, needsToken: request.uri.path != UsagePage.path) {
                    return request.method == .head ? rejection.createHeadResponse() : rejection
                }
                if request.uri.path == Gateway.repricePath { return await reprice(request, context) }
                if let document = document(request) { return document }
                if request.uri.path == ReportingAPI.prefix || request.uri.path.hasPrefix("\(ReportingAPI.prefix)/") {
                    guard let api else {
                        return failure(.notFound, "This gateway keeps no ledger (--ledger none): nothing can be read.")
                    }
                    await ledger?.flushUnlessTroubled()
                    return await api.respond(to: request, context)
                }
                if request.uri.path == Gateway.prunePath { return await prune(request, context) }
                guard request.uri.path == "/metrics" else { return respond(to: request) }
                guard metrics.gate.enter() else {
                    metrics.countRejectedScrape()
                    var rejection = response(
                        .serviceUnavailable,
                        text: "As many scrapes are being answered as may be at once; scrape less often.\n"
                    )
                    rejection.headers[.retryAfter] = "1"
                    return rejection
                }
                defer { metrics.gate.leave() }
                // Calls are counted when they are committed, and the scraper may have seen their responses.
                await ledger?.flushUnlessTroubled()
                await reconciliation?.refresh()
                return allowing(request, try await exposition(request))
            },
            server: server,
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.admin.host, port: configuration.admin.port)
            ),
            onServerRunning: { channel in await onRunning(channel.localAddress?.port ?? 0) },
            logger: logger
        )
    }

    private var server: HTTPServerBuilder {
        var limits = ConnectionLimits()
        limits.connections = DescriptorLimit.adminConnections
        guard let certificate else { return .bounded(limits) }
        // Hummingbird's own TLS channel keeps one certificate for as long as its server runs.
        return .bounded(limits) { channel in
            guard let certificate = certificate.value else { throw ChannelError.inappropriateOperationForState }
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: certificate.context))
        }
    }

    private func exposition(_ request: Request) async throws -> Response {
        let accept = request.headers[values: .accept].joined(separator: ",")
        let acceptEncoding = request.headers[values: .acceptEncoding].joined(separator: ",")
        let scrape = try await metrics.scrapeAside(accept: accept, acceptEncoding: acceptEncoding)
        var answer = response(.ok, type: scrape.contentType, body: scrape.body)
        if let coding = scrape.contentEncoding { answer.headers[.contentEncoding] = coding }
        return answer
    }

    private func respond(to request: Request) -> Response {
        let answer: Response
        switch request.uri.path {
        case "/healthz", "/-/healthy":
            answer = response(.ok, text: "healthy\n")
        case "/readyz", "/-/ready":
            answer = readiness(tellsReason: access.rejection(of: request) == nil)
        case "/":
            answer = UsagePage(keepsCalls: ledger != nil, asksToken: access.asksToken).response()
        default:
            answer = response(.notFound, text: "Not found. See / for available endpoints.\n")
        }
        return allowing(request, answer)
    }

    /// Returns an answer to a GET request, its head to a HEAD request, and a rejection to any other one.
    private func allowing(_ request: Request, _ answer: Response) -> Response {
        guard request.method == .get || request.method == .head else {
            if answer.status == .notFound { return answer }
            var rejection = response(.methodNotAllowed, text: "Only GET and HEAD are allowed.\n")
            rejection.headers[.allow] = "GET, HEAD"
            return rejection
        }
        return request.method == .head ? answer.createHeadResponse() : answer
    }

    /// Returns the answer to a path of the API that needs no ledger; `nil` for any other path.
    private func document(_ request: Request) -> Response? {
        let text: String
        switch request.uri.path {
        case ReportingAPI.statusPath: text = status(now: clock.wallMicroseconds).json + "\n"
        case ReportingAPI.descriptionPath: text = ReportingAPI.openAPIText
        default: return nil
        }
        guard request.method == .get || request.method == .head else { return ReportingAPI.methodRejection }
        let answer = response(.ok, type: "application/json", body: Array(text.utf8))
        return request.method == .head ? answer.createHeadResponse() : answer
    }

    private func readiness(tellsReason: Bool) -> Response {
        guard isReady.isReady else {
            return response(.serviceUnavailable, text: "not ready: the gateway is starting or ending\n")
        }
        guard let statistics = ledger?.statistics else { return response(.ok, text: "ready\n") }
        if let trouble = statistics.trouble {
            // The reason contains file names.
            let reason = tellsReason ? ": \(trouble)" : ""
            return response(.serviceUnavailable, text: "not ready: the ledger cannot be written\(reason)\n")
        }
        guard statistics.queued < statistics.capacity else {
            return response(.serviceUnavailable, text: "not ready: the ledger's queue is full\n")
        }
        return response(.ok, text: "ready\n")
    }

    private func response(_ status: HTTPResponse.Status, text: String) -> Response {
        response(status, type: "text/plain; charset=utf-8", body: Array(text.utf8))
    }

    func response(_ status: HTTPResponse.Status, type: String, body: [UInt8]) -> Response {
        var headers: HTTPFields = [
            .contentType: type, .cacheControl: "no-store", .contentLength: String(body.count),
            .vary: "Accept, Accept-Encoding",
        ]
        headers[.xContentTypeOptions] = "nosniff"
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }
}

extension HTTPField.Name {
    static var xContentTypeOptions: HTTPField.Name {
        HTTPField.Name("X-Content-Type-Options") ?? .contentType
    }
}
