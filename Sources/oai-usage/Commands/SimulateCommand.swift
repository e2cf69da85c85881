import ArgumentParser
import Logging
import NIOCore
import NIOPosix
import OpenAISimulator
import OpenAIUsageGateway
import ServiceLifecycle
import UnixSignals

/// Runs the simulated upstream until it is signaled to stop.
struct SimulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Run a simulated upstream that answers like the API.",
        usage: "oai-usage simulate <options>",
        discussion: """
            Its answers are a function of the request and the seed. The header OpenAI-Simulate scripts them, as in
              curl http://127.0.0.1:8788/v1/chat/completions -H 'Authorization: Bearer x' \\
                -H 'Content-Type: application/json' \\
                -H 'OpenAI-Simulate: status=429; retry-after-ms=20' -d '{"model":"gpt-4o-mini","messages":[]}'

            Directives:
            \(Directive.all.map { "  \($0.name)=\($0.values)\n      \($0.summary)" }.joined(separator: "\n"))
            """
    )

    @Option(help: ArgumentHelp("Where to listen.", valueName: "host:port"))
    var listen = GatewayConfiguration.Address(host: "127.0.0.1", port: 8788)

    @Option(help: "What the answers are derived from.")
    var seed: UInt64 = 1

    @Option(
        help: ArgumentHelp(
            "How long an answer takes, and says that it took, in milliseconds, as 20 or 5-40.",
            valueName: "range"
        )
    )
    var processingMs = ProcessingTime(range: SimulatorConfiguration().processingMilliseconds)

    @Option(help: "Answer each target of the admin API so often with status 429 first.")
    var adminFailures = 0

    @Option(help: "The most buckets of a page of the admin API. (default: the API's own)")
    var adminLimit: Int?

    @Option(help: "The decimals of the admin API's costs. (default: all)")
    var costDecimals: Int?

    func validate() throws {
        if adminFailures < 0 { throw ValidationError("--admin-failures must be at least 0.") }
        if let adminLimit, adminLimit < 1 { throw ValidationError("--admin-limit must be at least 1.") }
        if let costDecimals, !(0...12).contains(costDecimals) {
            throw ValidationError("--cost-decimals must be 0 to 12.")
        }
    }

    func run() async throws {
        var configuration = SimulatorConfiguration()
        configuration.host = listen.host
        configuration.port = listen.port
        configuration.seed = seed
        configuration.processingMilliseconds = processingMs.range
        configuration.adminFailures = adminFailures
        configuration.adminLimit = adminLimit
        configuration.costDecimals = costDecimals
        configuration.costLines = SimulatedPrices.lines
        let group = ServiceGroup(
            services: [SimulatorService(configuration: configuration)],
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: ProgramLog.standard.logger(level: .error)
        )
        try await group.run()
    }
}

/// The simulated upstream as a service.
private struct SimulatorService: Service {
    let configuration: SimulatorConfiguration

    func run() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        do {
            let simulator = try await start(group)
            let address = GatewayConfiguration.Address(host: simulator.host, port: simulator.port)
            StandardError.write("simulator: listening on http://\(address)")
            try? await gracefulShutdown()
            try await simulator.stop()
        } catch {
            try? await group.shutdownGracefully()
            throw error
        }
        try await group.shutdownGracefully()
    }

    private func start(_ group: MultiThreadedEventLoopGroup) async throws -> Simulator {
        do { return try await Simulator.start(configuration, group: group) } catch {
            let address = GatewayConfiguration.Address(host: configuration.host, port: configuration.port)
            throw CommandFailure("simulate cannot listen on \(address): \(ErrorText.describe(error)).")
        }
    }
}

/// The range of response times in milliseconds: `20` or `5-40`.
struct ProcessingTime: ExpressibleByArgument {
    var range: ClosedRange<Int>

    init(range: ClosedRange<Int>) {
        self.range = range
    }

    init?(argument: String) {
        let bounds = argument.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
            .map { $0.utf8.allSatisfy { 0x30...0x39 ~= $0 } ? Int($0) : nil }
        guard let low = bounds[0], let high = bounds[bounds.count - 1], low <= high, high <= 3_600_000 else {
            return nil
        }
        range = low...high
    }

    var defaultValueDescription: String { "\(range.lowerBound)-\(range.upperBound)" }
}
