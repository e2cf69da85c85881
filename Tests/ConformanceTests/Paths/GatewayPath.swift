import Logging
import NIOCore
import NIOPosix
import OpenAIUsage
import OpenAIUsageCurl
import Testing

@testable import OpenAIUsageGateway

/// A gateway in this process, called by a client that meters nothing.
enum GatewayPath {
    static func open<Value>(
        _ setting: CallPath.Setting,
        _ body: (OpenPath) async throws -> Value
    ) async throws -> Value {
        var configuration = GatewayConfiguration(upstream: try #require(Upstream("http://127.0.0.1:\(setting.port)")))
        configuration.listen = .init(host: "127.0.0.1", port: 0)
        configuration.responseTimeoutMilliseconds = Int64(setting.patience) * 1_000
        // Its reading on behind a client that has gone is what the other paths do not have.
        configuration.drainMilliseconds = 0
        configuration.halfCloseMilliseconds = 0
        var exchanges = setting.exchanges
        exchanges.source = .gateway
        let rows = GatewayRows(setting.sink)
        var logger = Logger(label: "conformance")
        logger.logLevel = .critical
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let client = CurlTransport(CallPath.curlConfiguration(300))
        var plane: DataPlane?
        func close() async {
            await client.shutDown()
            _ = await plane?.shutDown(within: .zero)
            try? await group.shutdownGracefully()
        }
        let result: Value
        do {
            let started = try await DataPlane.start(
                configuration: configuration,
                exchanges: exchanges,
                recorder: rows,
                counters: rows,
                log: GatewayLog(logger),
                group: group
            )
            plane = started
            result = try await body(
                OpenPath(transport: client, port: started.port) { _ = await started.shutDown(within: .milliseconds(1)) }
            )
            try await rows.untilAllEnded()
        } catch {
            await close()
            throw error
        }
        await close()
        return result
    }
}
