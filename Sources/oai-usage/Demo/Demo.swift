import Foundation
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import OpenAISimulator
import OpenAIUsageGateway
import OpenAIUsageLedger
import OpenAIUsageMetrics

/// A demonstration: a simulated upstream, a gateway in front of it, and some hundred calls.
struct Demo {
    private static let concurrency = 16

    /// The number of calls to send.
    var count: Int
    /// The path of the ledger.
    var ledgerPath: String

    /// The result of the demonstration.
    struct Result {
        /// The metrics, scraped at the end.
        var metrics: String
        /// The duration of all calls, in seconds.
        var seconds: Double
    }

    /// Sends the calls, then shuts everything down; the call records stay in the ledger.
    ///
    /// - Parameter progress: Called with the number of finished calls.
    /// - Returns: The metrics and the duration.
    /// - Throws: An error if the simulator or the gateway cannot start, or if a call cannot be sent.
    func run(progress: @escaping @Sendable (Int) -> Void) async throws -> Result {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        do {
            var simulation = SimulatorConfiguration()
            simulation.processingMilliseconds = 5...40
            let simulator = try await Simulator.start(simulation, group: group)
            let result = try await serve(simulator, group, progress)
            try await simulator.stop()
            try await group.shutdownGracefully()
            return result
        } catch {
            try? await group.shutdownGracefully()
            throw error
        }
    }

    private func serve(
        _ simulator: Simulator,
        _ group: MultiThreadedEventLoopGroup,
        _ progress: @escaping @Sendable (Int) -> Void
    ) async throws -> Result {
        let address = GatewayConfiguration.Address(host: simulator.host, port: simulator.port)
        guard let upstream = Upstream("http://\(address)") else {
            throw CommandFailure("The simulator listens on \(address), which is not an address of an upstream.")
        }
        var configuration = GatewayConfiguration(upstream: upstream)
        configuration.listen.port = 0
        configuration.admin.port = 0
        let metrics = UsageMetrics(build: BuildInformation(version: Gateway.version))
        let ledger = try Ledger(path: ledgerPath)
        let ready = group.next().makePromise(of: Gateway.Addresses.self)
        let gateway = Gateway(
            configuration: configuration,
            ledger: ledger,
            metrics: metrics,
            logger: ProgramLog.standard.logger(level: .error)
        ) { ready.succeed($0) }
        return try await ServiceScope.run(gateway) {
            let addresses = try await ready.futureResult.get()
            let start = ContinuousClock.now
            try await sendCalls(client(addresses.calls, group), progress)
            let elapsed = ContinuousClock.now - start
            let metrics = try await settledMetrics(client(addresses.admin, group), ledger)
            return Result(
                metrics: metrics,
                seconds: Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
            )
        } onFailure: {
            ready.fail($0)
        }
    }

    /// Returns the metrics once no call is in flight; after a client disconnects, the gateway keeps reading for a
    /// while.
    private func settledMetrics(_ client: SimpleClient, _ ledger: Ledger) async throws -> String {
        let deadline = ContinuousClock.now + .seconds(10)
        while true {
            await ledger.flush()
            let scrape = try await client.send(.GET, "/metrics")
            let text = String(decoding: scrape.body, as: UTF8.self)
            let open = text.split(separator: "\n").filter {
                // A call whose client left is no longer in flight while its response is read on.
                ($0.hasPrefix("oai_usage_calls_in_flight{")
                    || $0.hasPrefix("oai_usage_gateway_calls_after_disconnect "))
                    && !$0.hasSuffix(" 0")
            }
            if open.isEmpty || ContinuousClock.now > deadline { return text }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    private func client(_ url: String, _ group: any EventLoopGroup) throws -> SimpleClient {
        guard let upstream = Upstream(url) else { throw CommandFailure("\(url) is not an address.") }
        return SimpleClient(group: group, host: upstream.host, port: upstream.port)
    }

    private func sendCalls(_ client: SimpleClient, _ progress: @escaping @Sendable (Int) -> Void) async throws {
        let calls = DemoTraffic.calls(count, seed: 20_261_123)
        var ended = 0
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for (number, call) in calls.enumerated() {
                if number >= Self.concurrency {
                    try await tasks.next()
                    ended += 1
                    progress(ended)
                }
                tasks.addTask { try await send(call, number: number, by: client) }
            }
            while try await tasks.next() != nil {
                ended += 1
                progress(ended)
            }
        }
    }

    private func send(_ call: DemoCall, number: Int, by client: SimpleClient) async throws {
        var headers: HTTPHeaders = [
            "Authorization": "Bearer sk-proj-demonstration-only-\(call.project)",
            "OpenAI-Project": call.project, "User-Agent": "oai-usage-demo/\(Gateway.version)",
            "X-Client-Request-Id": "demo-\(number)", "OpenAI-Usage-Tags": "team=\(call.team)",
        ]
        if call.body != nil { headers.add(name: "Content-Type", value: "application/json") }
        var attempts = 1
        var limit = Int.max
        switch call.manner {
        case .whole: break
        case .leaves: limit = 2_000
        case .retries(let count): attempts += count
        }
        for attempt in 0..<attempts {
            headers.replaceOrAdd(name: "X-Stainless-Retry-Count", value: String(attempt))
            let identity = "id-number=\(DemoTraffic.idNumber(call: number, attempt: attempt))"
            headers.replaceOrAdd(
                name: "OpenAI-Simulate",
                value: [identity, call.directives].compactMap(\.self).joined(separator: "; ")
            )
            let method: HTTPMethod = call.body == nil ? .GET : .POST
            let answer = try await client.send(method, call.path, headers: headers, body: call.body, limit: limit)
            if let status = answer.status, status < 400 { return }
        }
    }
}
