import HTTPTypes
import Hummingbird
package import Logging
import NIOCore
package import OpenAIUsage
package import OpenAIUsageLedger
package import OpenAIUsageMetrics
import OpenAIUsageService
import ServiceLifecycle

/// A server that exposes a ledger's totals to Prometheus, for programs that meter themselves and have no server.
///
/// The ledger is only read. While it is missing or cannot be read, `/metrics` answers 503 with the reason, so that the scrape
/// fails instead of reporting zeros.
package struct LedgerMetricsServer: Service {
    /// The timeout of a scrape.
    private static let deadline = Duration.seconds(10)

    private let listen: GatewayConfiguration.Address
    private let access: AdminAccess
    private let totals: LedgerTotalsReader
    private let clock: any UsageClock
    private let logger: Logger
    private let onListening: @Sendable (String) -> Void

    /// Creates a server; ``run()`` listens.
    ///
    /// - Parameters:
    ///   - path: The path of the ledger, which need not exist yet.
    ///   - listen: The address to listen on.
    ///   - tokens: The tokens, one of which a scrape needs; `nil` if none is needed.
    ///   - allowedHosts: The hosts, besides the names of this machine, by which the server may be addressed.
    ///   - allowsAnyone: True if an address that other machines can reach needs no token.
    ///   - clock: The clock by which rate limits age.
    ///   - logger: The log of the libraries.
    ///   - onListening: Called once with the URL of the metrics.
    /// - Throws: A ``GatewayError`` if anyone could read the metrics.
    package init(
        path: String,
        listen: GatewayConfiguration.Address,
        tokens: AccessTokens? = nil,
        allowedHosts: [String] = [],
        allowsAnyone: Bool = false,
        clock: any UsageClock = SystemUsageClock(),
        logger: Logger,
        onListening: @escaping @Sendable (String) -> Void
    ) throws {
        guard listen.isLoopback || tokens != nil || allowsAnyone else {
            throw GatewayError(
                code: .invalidConfiguration,
                message:
                    "--listen \(listen) can be reached from other machines, and anyone there could read the metrics: ask for a token with --admin-token-file FILE, or add --allow-anyone if something else keeps others out."
            )
        }
        self.listen = listen
        access = AdminAccess(listen: listen, allowedHosts: allowedHosts, tokens: tokens)
        totals = LedgerTotalsReader(path: path)
        self.clock = clock
        self.logger = logger
        self.onListening = onListening
    }

    /// Serves until a graceful shutdown or cancellation.
    ///
    /// - Throws: A ``GatewayError`` if it cannot listen.
    package func run() async throws {
        let (listen, onListening) = (listen, onListening)
        let application = Application(
            responder: CallbackResponder { (request: Request, _: BasicRequestContext) in await respond(to: request) },
            server: .bounded(),
            configuration: ApplicationConfiguration(address: .hostname(listen.host, port: listen.port)),
            onServerRunning: { channel in
                var address = listen
                address.port = channel.localAddress?.port ?? listen.port
                onListening("http://\(address)/metrics")
            },
            logger: logger
        )
        do {
            try await application.run()
        } catch {
            throw Gateway.explained(error, listen)
        }
    }

    private func respond(to request: Request) async -> Response {
        guard request.method == .get || request.method == .head else {
            var rejection = Self.text(.methodNotAllowed, "Only GET and HEAD are allowed.\n")
            rejection.headers[.allow] = "GET, HEAD"
            return rejection
        }
        let response = await answer(to: request)
        return request.method == .head ? response.createHeadResponse() : response
    }

    private func answer(to request: Request) async -> Response {
        if request.uri.path == "/healthz" { return Self.text(.ok, "healthy\n") }
        switch access.rejection(of: request) {
        case nil: break
        case .host(let name)?:
            return Self.text(
                HTTPResponse.Status(code: 421, reasonPhrase: "Misdirected Request"),
                "This server does not know itself by the host \"\(name.prefix(100))\": allow it with --allowed-host NAME.\n"
            )
        case .crossSite?: return Self.text(.forbidden, "\(AdminAccess.crossSiteText)\n")
        case .token?:
            var response = Self.text(
                .unauthorized,
                "Send a token of the --admin-token-file as Authorization: Bearer TOKEN (Prometheus: authorization with credentials_file).\n"
            )
            response.headers[.wwwAuthenticate] = "Bearer realm=\"oai-usage\""
            return response
        }
        guard request.uri.path == "/metrics" else { return Self.text(.notFound, "See /metrics.\n") }
        do {
            let (type, body) = try await page().exposition(
                accept: request.headers[values: .accept].joined(separator: ",")
            )
            let scrape = MetricsScrape(
                contentType: type,
                body: body,
                acceptEncoding: request.headers[values: .acceptEncoding].joined(separator: ",")
            )
            var response = Self.response(.ok, scrape.contentType, scrape.body)
            if let coding = scrape.contentEncoding { response.headers[.contentEncoding] = coding }
            return response
        } catch is DeadlineExceeded {
            return Self.text(
                .serviceUnavailable,
                "The ledger was not read within \(Self.deadline.components.seconds) s.\n"
            )
        } catch {
            return Self.text(.serviceUnavailable, "\(error)\n")
        }
    }

    /// Returns the page with the ledger's current totals.
    private func page() async throws -> LedgerPage {
        let totals = totals
        let found = try await withDeadline(Self.deadline) { try await totals.totals() }
        return LedgerPage(found, now: clock.wallMicroseconds)
    }

    private static func text(_ status: HTTPResponse.Status, _ text: String) -> Response {
        response(status, "text/plain; charset=utf-8", Array(text.utf8))
    }

    private static func response(_ status: HTTPResponse.Status, _ type: String, _ body: [UInt8]) -> Response {
        var headers: HTTPFields = [
            .contentType: type, .cacheControl: "no-store", .contentLength: String(body.count),
            .vary: "Accept, Accept-Encoding",
        ]
        headers[.xContentTypeOptions] = "nosniff"
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }
}

extension LedgerPage {
    /// Creates the page of a ledger's totals.
    ///
    /// - Parameters:
    ///   - totals: The totals.
    ///   - now: The current time, in microseconds since 1970.
    package init(_ totals: LedgerTotals, now: Int64) {
        self.init(build: BuildInformation(version: Gateway.version))
        func list(_ buckets: LatencyBuckets) -> [(microseconds: Int64, count: Int64)] {
            var list: [(microseconds: Int64, count: Int64)] = []
            buckets.visit { list.append(($0, $1)) }
            return list
        }
        for line in totals.lines {
            var total = Total(endpoint: line.endpoint, outcome: line.outcome)
            total.project = line.project
            total.model = line.model
            total.isModelUnknown = line.isModelUnknown
            total.status = line.status
            total.errorType = line.errorType
            total.errorCode = line.errorCode
            total.calls = line.calls
            total.unpricedCalls = line.unpricedCalls
            total.callsWithoutUsage = line.callsWithoutUsage
            total.costPicoUSD = line.costPicoUSD
            for counter in Self.counters { total.tokens[counter] = line[counter] }
            total.durations = list(line.duration)
            total.processing = list(line.processing)
            total.timesToFirstToken = list(line.timeToFirstToken)
            add(total)
        }
        for (endpoint, count) in totals.openCalls { addInFlightCalls(count, endpoint: endpoint) }
        for limit in totals.rateLimits {
            add(
                limit.limits,
                project: limit.project,
                model: limit.model,
                observedAt: limit.observedAtMicroseconds,
                now: now
            )
        }
    }
}
