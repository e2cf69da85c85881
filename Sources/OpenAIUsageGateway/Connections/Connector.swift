import NIOCore
import NIOPosix
import NIOSSL

/// Opens connections to one upstream: resolves names, races addresses, passes proxies, and establishes TLS.
final class Connector {
    /// A channel that may become the connection; every address that is tried has its own handlers.
    private struct Attempt {
        let channel: any Channel
        let connection: UpstreamConnection
        let opened: EventLoopFuture<Void>
    }

    private let upstream: Upstream
    private let proxy: UpstreamProxy?
    private let tls: NIOSSLContext?
    private let timeout: TimeAmount

    init(upstream: Upstream, proxy: UpstreamProxy?, tls: NIOSSLContext?, timeout: TimeAmount) {
        self.upstream = upstream
        self.proxy = proxy
        self.tls = tls
        self.timeout = timeout
    }

    /// Opens a connection.
    ///
    /// - Parameters:
    ///   - loop: The event loop of the connection.
    ///   - pool: The pool that owns the connection.
    ///   - complete: Called once, on the loop, and never before this method returns.
    func connect(
        _ loop: DataPlaneLoop,
        _ pool: UpstreamPool,
        _ complete: @escaping (Result<UpstreamConnection, UpstreamFailure>) -> Void
    ) {
        let eventLoop = loop.eventLoop
        let attempts = NIOLoopBoundBox<[Attempt]>([], eventLoop: eventLoop)
        let state = NIOLoopBoundBox<((Result<UpstreamConnection, UpstreamFailure>) -> Void)?>(
            complete,
            eventLoop: eventLoop
        )
        let bound = NIOLoopBound((self, loop, pool), eventLoop: eventLoop)
        @Sendable func finish(_ result: Result<UpstreamConnection, UpstreamFailure>) {
            guard let complete = state.value else { return }
            state.value = nil
            if case .failure = result {
                for attempt in attempts.value { attempt.channel.close(promise: nil) }
            }
            complete(result)
        }
        // A peer that accepts and then stays silent would stall a handshake forever.
        let deadline = eventLoop.assumeIsolated().scheduleTask(in: timeout) { finish(.failure(.connectTimeout)) }
        SocketSettings.common.reduce(ClientBootstrap(group: eventLoop)) { $0.channelOption($1.name, value: $1.value) }
            .connectTimeout(timeout)
            .channelOption(.maxMessagesPerRead, value: SocketSettings.readsPerTurn)
            .channelOption(.recvAllocator, value: SocketSettings.received)
            .channelOption(.writeBufferWaterMark, value: SocketSettings.unwritten)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let (connector, loop, pool) = bound.value
                    let opened = channel.eventLoop.makePromise(of: Void.self)
                    let connection = UpstreamConnection(
                        pool: pool,
                        loop: loop,
                        isEncrypted: connector.upstream.isEncrypted,
                        opened: opened
                    )
                    attempts.value.append(
                        Attempt(channel: channel, connection: connection, opened: opened.futureResult)
                    )
                    try connector.configure(channel, connection)
                }
            }
            .connect(host: proxy?.host ?? upstream.host, port: proxy?.port ?? upstream.port)
            .assumeIsolated()
            .whenComplete { result in
                let connector = bound.value.0
                switch result {
                case .failure(let error):
                    deadline.cancel()
                    let failure = connector.proxy.map {
                        UpstreamFailure.proxyUnreachable($0, ErrorText.describe(error))
                    }
                    finish(.failure(failure ?? UpstreamFailure(error)))
                case .success(let channel):
                    guard let attempt = attempts.value.first(where: { $0.channel === channel }) else {
                        return finish(.failure(.unreachable("the connection was closed")))
                    }
                    attempt.opened.assumeIsolated().whenComplete { result in
                        deadline.cancel()
                        finish(result.map { attempt.connection }.mapError { UpstreamFailure($0) })
                    }
                }
            }
    }

    /// Adds the handlers of a new channel: those of the upstream, or those that open a tunnel to it.
    private func configure(_ channel: any Channel, _ connection: UpstreamConnection) throws {
        let pipeline = channel.pipeline.syncOperations
        guard let proxy else { return try addUpstream(connection, to: pipeline) }
        if proxy.isEncrypted {
            let context = try tls ?? NIOSSLContext(configuration: .makeClientConfiguration())
            try pipeline.addHandler(Self.clientHandler(context, host: proxy.host))
        }
        guard upstream.isEncrypted else { return try addUpstream(connection, to: pipeline) }
        try pipeline.addHandler(
            ProxyTunnelHandler(
                to: upstream,
                through: proxy,
                onOpen: { try self.addUpstream(connection, to: $0.pipeline.syncOperations) },
                onFailure: { connection.fail(toOpen: $0) }
            )
        )
    }

    private func addUpstream(
        _ connection: UpstreamConnection,
        to pipeline: ChannelPipeline.SynchronousOperations
    ) throws {
        if let tls, upstream.isEncrypted { try pipeline.addHandler(Self.clientHandler(tls, host: upstream.host)) }
        try pipeline.addHandler(connection)
    }

    private static func clientHandler(_ tls: NIOSSLContext, host: String) throws -> NIOSSLClientHandler {
        do {
            return try NIOSSLClientHandler(context: tls, serverHostname: host)
        } catch let error as NIOSSLExtraError where error == .cannotUseIPAddressInSNI {
            // An address is verified against the certificate's addresses, without a name in the handshake.
            return try NIOSSLClientHandler(context: tls, serverHostname: nil)
        }
    }
}
