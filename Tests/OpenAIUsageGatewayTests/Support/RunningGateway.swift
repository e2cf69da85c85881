import Logging
import OpenAIUsage
import OpenAIUsageGateway
import OpenAIUsageLedger
import OpenAIUsageMetrics
import OpenAIUsagePricing
import OpenAIUsageTestKit
import Testing

/// A whole gateway in this process, with a ledger in a temporary folder.
struct RunningGateway: Sendable {
    let gateway: Gateway
    let addresses: Gateway.Addresses
    let ledgerPath: String
    let ledger: Ledger
    private let task: Task<Void, any Error>

    /// Runs a test with a gateway before an upstream, and ends the gateway behind it.
    static func run(
        upstream: String,
        options: LedgerOptions = LedgerOptions(),
        keepsLedger: Bool = true,
        book: PriceBook = .bundled,
        logger: Logger? = nil,
        accessLog: AccessLog? = nil,
        configure: (inout GatewayConfiguration) -> Void = { _ in },
        body: (RunningGateway) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("ledger.db")
        var configuration = GatewayConfiguration(upstream: try #require(Upstream(upstream)))
        configuration.listen = .init(host: "127.0.0.1", port: 0)
        configuration.admin = .init(host: "127.0.0.1", port: 0)
        configuration.shutdownMilliseconds = 10_000
        // A machine that is busy with tests must not make commits late.
        configuration.commitDeadlineMilliseconds = 60_000
        // Tests call the gateway by any name.
        configuration.access.allowedHosts = ["*"]
        configure(&configuration)
        let ledger = try Ledger(path: path, options: options)
        let ready = Watched<Gateway.Addresses?>(nil)
        var silent = Logger(label: "test")
        silent.logLevel = .critical
        let gateway = Gateway(
            configuration: configuration,
            ledger: keepsLedger ? ledger : nil,
            book: book,
            metrics: UsageMetrics(build: BuildInformation(version: Gateway.version)),
            logger: logger ?? silent,
            accessLog: accessLog,
            onReady: { addresses in ready.update { $0 = addresses } }
        )
        let failure = Watched<String?>(nil)
        let task = Task {
            do { try await gateway.run() } catch {
                failure.update { $0 = "\(error)" }
                throw error
            }
        }
        do {
            let addresses = try await ready.wait(for: "the gateway to be ready") { $0 != nil }
            let running = RunningGateway(
                gateway: gateway,
                addresses: try #require(addresses),
                ledgerPath: path,
                ledger: ledger,
                task: task
            )
            try await body(running)
        } catch {
            task.cancel()
            _ = await task.result
            throw error
        }
        task.cancel()
        _ = await task.result
        if !keepsLedger { _ = await ledger.close() }
        #expect(failure.value == nil)
    }

    /// Ends the gateway as its owner's cancellation does, and waits until it has ended.
    func stop() async {
        task.cancel()
        _ = await task.result
    }

    /// A client of the listener for calls.
    func caller() async throws -> RawClient { try await client(addresses.calls) }
    /// A client of the listener for operators.
    func operatorClient() async throws -> RawClient { try await client(addresses.admin) }

    /// Asks the listener for operators.
    func ask(
        _ path: String,
        method: String = "GET",
        accept: String? = nil,
        host: String = "x",
        extra: String = ""
    ) async throws -> RawMessage {
        let client = try await operatorClient()
        let field = accept.map { "Accept: \($0)\r\n" } ?? ""
        let response = try await client.exchange(
            "\(method) \(path) HTTP/1.1\r\nHost: \(host)\r\n\(field)\(extra)\r\n",
            method: method
        )
        await client.connection.close()
        return response
    }

    private func client(_ address: String) async throws -> RawClient {
        let port = try #require(address.split(separator: ":").last.flatMap { Int($0) })
        return RawClient(connection: try await RawConnection.connect(to: port))
    }
}
