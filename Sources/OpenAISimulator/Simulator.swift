public import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A simulated OpenAI API on a port of this machine.
///
/// It answers `/v1/chat/completions`, `/v1/completions`, `/v1/responses`, `/v1/embeddings`, `/v1/moderations` and
/// `/v1/models` with the bodies, the headers, the usage and the event streams of the real service. The content of an
/// answer depends only on the seed and the request; any key is accepted. The request header `OpenAI-Simulate` makes
/// answers fail, stall or break off in every way that a client must survive.
public final class Simulator: Sendable {
    /// The host that is listened on, as configured.
    public let host: String
    /// The port that is listened on.
    public let port: Int

    private let server: any Channel
    private let connections: Connections
    private let journalStore: Journal

    private init(server: any Channel, host: String, port: Int, connections: Connections, journal: Journal) {
        self.server = server
        self.host = host
        self.port = port
        self.connections = connections
        journalStore = journal
    }

    /// The host and the port, such as `127.0.0.1:8080`.
    public var address: String {
        host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    /// Starts a simulator.
    ///
    /// - Parameters:
    ///   - configuration: The address to listen on, and the settings of the answers.
    ///   - group: The event loops to run on; the simulator does not shut them down.
    /// - Returns: The simulator, which accepts connections.
    /// - Throws: ``SimulatorError`` if a setting is invalid or the address cannot be bound.
    public static func start(
        _ configuration: SimulatorConfiguration,
        group: any EventLoopGroup
    ) async throws -> Simulator {
        guard configuration.processingMilliseconds.lowerBound >= 0,
            configuration.processingMilliseconds.upperBound <= 3_600_000
        else {
            throw SimulatorError(
                code: .invalidConfiguration,
                message: "processingMilliseconds is \(configuration.processingMilliseconds): use 0 to 3,600,000."
            )
        }
        guard (0...65_535).contains(configuration.port) else {
            throw SimulatorError(
                code: .invalidConfiguration,
                message: "port is \(configuration.port): use 0 (any free port) to 65535."
            )
        }
        let journal = Journal(capacity: configuration.journalCapacity)
        let connections = Connections()
        let responder = Responder(configuration)
        let hook = configuration.childChannelHook
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(ChannelOptions.backlog, value: 1024)
            .serverChannelOption(ChannelOptions.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(ChannelOptions.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                connections.insert(channel)
                let prepared = hook?(channel) ?? channel.eventLoop.makeSucceededVoidFuture()
                return prepared.flatMapThrowing {
                    try channel.pipeline.syncOperations.addHandlers(
                        ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)),
                        ConnectionHandler(responder: responder, journal: journal)
                    )
                }
            }
        let server: any Channel
        do {
            server = try await bootstrap.bind(host: configuration.host, port: configuration.port).get()
        } catch {
            throw SimulatorError(
                code: .cannotListen,
                message: "Cannot listen on \(configuration.host), port \(configuration.port): \(error). "
                    + "Choose another address, or port 0 for any that is free."
            )
        }
        return Simulator(
            server: server,
            host: configuration.host,
            port: server.localAddress?.port ?? configuration.port,
            connections: connections,
            journal: journal
        )
    }

    /// Returns the `x-request-id` for a number of the directive `id-number`.
    package static func requestID(seed: UInt64, number: UInt64) -> String { RequestID(seed: seed, number: number).text }

    /// Stops listening and closes every connection.
    public func stop() async throws {
        if server.isActive { try await server.close() }
        await connections.closeAll()
    }

    /// The last exchanges, in the order in which they ended.
    package var journal: [SimulatedExchange] {
        journalStore.exchanges
    }

    /// Returns the last exchanges once that many have ended since the start.
    package func journal(afterExchanges count: Int) async -> [SimulatedExchange] {
        await journalStore.wait(forExchanges: count)
        return journalStore.exchanges
    }
}
