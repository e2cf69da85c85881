import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// The connections to the upstream of one event loop, so that a call never leaves its loop.
final class UpstreamPool {
    /// A call that waits for a connection; cancelled when its client goes away.
    final class Ticket {
        fileprivate var complete: ((Result<UpstreamConnection, UpstreamFailure>) -> Void)?

        /// Gives up waiting.
        func cancel() { complete = nil }
    }

    private static let maximumWaiters = 10_000

    let eventLoop: any EventLoop
    private let upstream: Upstream
    private let tls: NIOSSLContext?
    private let proxy: UpstreamProxy?
    private let connectTimeout: TimeAmount
    private let idleTimeout: TimeAmount
    private let limit: Int
    private var idle: [UpstreamConnection] = []
    private var openCount = 0
    private var waiting = CircularBuffer<Ticket>()
    private var sweep: Scheduled<Void>?
    private var isClosed = false

    init(eventLoop: any EventLoop, configuration: GatewayConfiguration, tls: NIOSSLContext?) {
        self.eventLoop = eventLoop
        self.tls = tls
        upstream = configuration.upstream
        proxy = configuration.proxy
        connectTimeout = .milliseconds(configuration.connectTimeoutMilliseconds)
        idleTimeout = .milliseconds(configuration.idleMilliseconds)
        limit = max(1, configuration.connectionsPerLoop)
    }

    /// Gets a connection: an idle one at once, else a new one, else the next that comes free.
    ///
    /// - Returns: A ticket to give up waiting with; `nil` if the connection was handed over already.
    func acquire(_ complete: @escaping (Result<UpstreamConnection, UpstreamFailure>) -> Void) -> Ticket? {
        while let connection = idle.popLast() {
            if connection.isClosed { continue }
            complete(.success(connection))
            return nil
        }
        let ticket = Ticket()
        ticket.complete = complete
        if openCount < limit {
            open(for: ticket)
        } else if waiting.count < Self.maximumWaiters {
            waiting.append(ticket)
        } else {
            complete(.failure(.overloaded))
            return nil
        }
        return ticket
    }

    /// Takes a connection back whose call is over.
    func takeBack(_ connection: UpstreamConnection) {
        if isClosed {
            connection.abort()
            return
        }
        while let ticket = waiting.popFirst() {
            if let complete = ticket.complete {
                ticket.complete = nil
                complete(.success(connection))
                return
            }
        }
        connection.idleDeadline = .now() + idleTimeout
        idle.append(connection)
        if sweep == nil { scheduleSweep() }
    }

    /// Forgets a connection that has ended.
    func forget(_ connection: UpstreamConnection) {
        openCount -= 1
        idle.removeAll { $0 === connection }
        while openCount < limit, let ticket = waiting.popFirst() {
            if ticket.complete != nil { open(for: ticket) }
        }
    }

    /// Ends all idle connections, and every other when its call is over.
    func close() {
        isClosed = true
        sweep?.cancel()
        sweep = nil
        let connections = idle
        idle = []
        for connection in connections { connection.abort() }
    }

    private func open(for ticket: Ticket) {
        openCount += 1
        let opened = eventLoop.makePromise(of: Void.self)
        let connection = UpstreamConnection(pool: self, upstream: upstream, proxy: proxy, opened: opened)
        let bound = NIOLoopBound((self, connection), eventLoop: eventLoop)
        ClientBootstrap(group: eventLoop)
            .connectTimeout(connectTimeout)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let (pool, connection) = bound.value
                    connection.opening(channel)
                    try pool.configure(channel, connection, opened)
                }
            }
            .connect(host: proxy?.host ?? upstream.host, port: proxy?.port ?? upstream.port)
            .whenFailure { error in
                // Without a channel there is no channelInactive that would count the connection out.
                let (pool, connection) = bound.value
                opened.fail(pool.proxy.map { UpstreamFailure.proxyUnreachable($0, ErrorText.describe(error)) } ?? error)
                connection.failedToOpen()
            }
        // A peer that accepts and then says nothing would hold up a handshake for ever.
        let deadline = eventLoop.assumeIsolated().scheduleTask(in: connectTimeout) {
            opened.fail(ChannelError.connectTimeout(.nanoseconds(0)))
            connection.abort()
        }
        opened.futureResult.assumeIsolated().whenComplete { result in
            deadline.cancel()
            guard let complete = ticket.complete else {
                // The client has gone; the connection serves another call.
                if case .success = result { self.takeBack(connection) }
                return
            }
            ticket.complete = nil
            complete(result.map { connection }.mapError { UpstreamFailure($0) })
        }
    }

    /// Adds the handlers of a new channel: those of the upstream, or those that open a tunnel to it.
    private func configure(
        _ channel: any Channel,
        _ connection: UpstreamConnection,
        _ opened: EventLoopPromise<Void>
    ) throws {
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
                onFailure: { failure in
                    opened.fail(failure)
                    connection.failedToOpen()
                }
            )
        )
    }

    private func addUpstream(
        _ connection: UpstreamConnection,
        to pipeline: ChannelPipeline.SynchronousOperations
    ) throws {
        if let tls { try pipeline.addHandler(Self.clientHandler(tls, host: upstream.host)) }
        var encoder = HTTPRequestEncoder.Configuration()
        // The framing is the client's: a body whose length was taken away would be a second request.
        encoder.automaticallySetFramingHeaders = false
        try pipeline.addHTTPClientHandlers(leftOverBytesStrategy: .dropBytes, encoderConfiguration: encoder)
        try pipeline.addHandler(connection)
    }

    private static func clientHandler(_ tls: NIOSSLContext, host: String) throws -> NIOSSLClientHandler {
        do {
            return try NIOSSLClientHandler(context: tls, serverHostname: host)
        } catch let error as NIOSSLExtraError where error == .cannotUseIPAddressInSNI {
            // An address is checked against the certificate's addresses, without a name in the handshake.
            return try NIOSSLClientHandler(context: tls, serverHostname: nil)
        }
    }

    private func scheduleSweep() {
        sweep = eventLoop.assumeIsolated().scheduleTask(in: idleTimeout) {
            self.sweep = nil
            let now = NIODeadline.now()
            let expired = self.idle.filter { $0.idleDeadline <= now }
            self.idle.removeAll { $0.idleDeadline <= now }
            for connection in expired { connection.abort() }
            if !self.idle.isEmpty { self.scheduleSweep() }
        }
    }
}
