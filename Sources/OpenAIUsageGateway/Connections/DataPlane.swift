import Logging
import NIOCore
import NIOPosix
import NIOSSL
import OpenAIUsage

/// The listener for clients, and the event loops that carry their calls.
final class DataPlane: Sendable {
    private let channel: any Channel
    let loops: [NIOLoopBound<DataPlaneLoop>]
    private let eventLoops: [any EventLoop]
    private let certificate: CurrentCertificate

    /// The port of the listener.
    let port: Int

    private init(
        channel: any Channel,
        loops: [NIOLoopBound<DataPlaneLoop>],
        eventLoops: [any EventLoop],
        certificate: CurrentCertificate
    ) {
        self.channel = channel
        self.loops = loops
        self.eventLoops = eventLoops
        self.certificate = certificate
        port = channel.localAddress?.port ?? 0
    }

    /// Starts the listener, which serves calls until ``shutDown(within:)``.
    ///
    /// `descriptors` is the number of connections on either side, clients and upstreams, that there are descriptors for.
    static func start(
        configuration: GatewayConfiguration,
        exchanges: ExchangeConfiguration,
        recorder: any DataPlaneRecorder,
        counters: any DataPlaneCounters,
        log: GatewayLog,
        group: MultiThreadedEventLoopGroup,
        descriptors: Int = DescriptorLimit.connections
    ) async throws -> DataPlane {
        let tls = configuration.hasEncryptedUpstream ? try makeTLS(configuration) : nil
        let certificate = CurrentCertificate(configuration.access.certificate)
        let usageRequests = UsageRequests(
            upstream: configuration.upstream.authority,
            bound: configuration.limits.heldBodyBytes,
            clock: exchanges.clock
        )
        let clients = ClientCount(
            // An accept that fails for lack of a descriptor would be retried endlessly.
            limit: min(configuration.limits.connections, descriptors),
            limitPerAddress: configuration.limits.connectionsPerAddress
        )
        var loops: [NIOLoopBound<DataPlaneLoop>] = []
        let eventLoops = Array(group.makeIterator())
        for eventLoop in eventLoops {
            let bound = try await eventLoop.submit {
                let loop = DataPlaneLoop(
                    eventLoop: eventLoop,
                    configuration: configuration,
                    exchanges: exchanges,
                    recorder: recorder,
                    counters: counters,
                    clients: clients,
                    log: log
                )
                // Clients are spread evenly over the loops, and so are the connections that their calls need.
                let upstreams = UpstreamDescriptors(limit: descriptors / eventLoops.count)
                loop.open(routes(configuration, loop, upstreams, tls, usageRequests))
                return NIOLoopBound(loop, eventLoop: eventLoop)
            }.get()
            loops.append(bound)
        }
        let table = Dictionary(uniqueKeysWithValues: zip(eventLoops.map { ObjectIdentifier($0) }, loops))
        let bootstrap = SocketSettings.client.reduce(ServerBootstrap(group: group)) {
            $0.childChannelOption($1.name, value: $1.value)
        }
        let channel =
            try await bootstrap
            .serverChannelOption(.backlog, value: 4_096)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.maxMessagesPerRead, value: SocketSettings.readsPerTurn)
            .childChannelOption(.recvAllocator, value: SocketSettings.received)
            .childChannelOption(.writeBufferWaterMark, value: SocketSettings.unwritten)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let loop = table[ObjectIdentifier(channel.eventLoop)] else {
                        throw ChannelError.inappropriateOperationForState
                    }
                    let pipeline = channel.pipeline.syncOperations
                    if let limit = clients.enter(channel) {
                        counters.count(.connectionRefused)
                        counters.reached(limit)
                        log.tell(.warning, "A client's connection was refused.", code: limit.rawValue)
                        return try pipeline.addHandler(RejectedConnection(limit, isEncrypted: certificate.value != nil))
                    }
                    if let certificate = certificate.value {
                        try TLSFront.add(certificate, loop.value, to: pipeline)
                    }
                    try pipeline.addHandler(DownstreamConnection(loop: loop.value))
                }
            }
            .bind(host: configuration.listen.host, port: configuration.listen.port)
            .get()
        return DataPlane(channel: channel, loops: loops, eventLoops: eventLoops, certificate: certificate)
    }

    /// Creates the routes of a loop, each with its own connections.
    private static func routes(
        _ configuration: GatewayConfiguration,
        _ loop: DataPlaneLoop,
        _ descriptors: UpstreamDescriptors,
        _ tls: NIOSSLContext?,
        _ usageRequests: UsageRequests
    ) -> RouteTable<UpstreamRoute> {
        func route(
            _ upstream: Upstream,
            _ proxy: UpstreamProxy?,
            _ prefix: String,
            _ key: UpstreamKey?,
            _ requests: UsageRequests
        ) -> UpstreamRoute {
            let connector = Connector(
                upstream: upstream,
                proxy: proxy,
                tls: tls,
                timeout: .milliseconds(configuration.connectTimeoutMilliseconds)
            )
            return UpstreamRoute(
                upstream: upstream,
                proxy: proxy,
                prefix: prefix,
                key: key,
                pool: UpstreamPool(loop: loop, connector: connector, descriptors: descriptors),
                usageRequests: requests
            )
        }
        return RouteTable(
            standard: route(
                configuration.upstream,
                configuration.proxy,
                "",
                configuration.upstreamKey,
                usageRequests
            ),
            configuration.routes.map {
                let requests = UsageRequests(upstream: $0.upstream.authority, sharing: usageRequests)
                return ($0.prefix, route($0.upstream, $0.proxy, $0.prefix, $0.key, requests))
            }
        )
    }

    // MARK: - Changes at run time

    /// Replaces the certificate for new connections; open ones keep theirs.
    func use(_ certificate: ServerCertificate) { self.certificate.use(certificate) }

    /// Adopts the tokens, hosts and keys of another configuration; calls in flight continue.
    func use(_ configuration: GatewayConfiguration) {
        for (loop, eventLoop) in zip(loops, eventLoops) {
            eventLoop.execute { loop.value.use(configuration) }
        }
    }

    // MARK: - Shutdown

    /// Stops listening, waits for calls in flight, and aborts the rest at the limit.
    ///
    /// - Returns: True if every call ended by itself.
    func shutDown(within limit: TimeAmount) async -> Bool {
        try? await channel.close().get()
        let futures = zip(loops, eventLoops).map { loop, eventLoop in
            eventLoop.flatSubmit { loop.value.shutDown() }
        }
        guard let first = eventLoops.first else { return true }
        let all = EventLoopFuture.andAllSucceed(futures, on: first)
        let promise = first.makePromise(of: Bool.self)
        all.whenComplete { _ in promise.succeed(true) }
        let timer = first.scheduleTask(in: limit) { promise.succeed(false) }
        // A canceled shutdown does not wait.
        let isDrained = await withTaskCancellationHandler {
            (try? await promise.futureResult.get()) ?? false
        } onCancel: {
            promise.succeed(false)
        }
        timer.cancel()
        for (loop, eventLoop) in zip(loops, eventLoops) {
            try? await eventLoop.submit { loop.value.abort() }.get()
        }
        return isDrained
    }

    /// Checks the requirements of a start, without starting.
    static func check(_ configuration: GatewayConfiguration) throws {
        if configuration.hasEncryptedUpstream { _ = try makeTLS(configuration) }
    }

    private static func makeTLS(_ configuration: GatewayConfiguration) throws -> NIOSSLContext {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        tls.certificateVerification = .fullVerification
        tls.trustRoots = try TrustRoots.load(file: configuration.trustRoots, folder: configuration.trustFolder)
        return try NIOSSLContext(configuration: tls)
    }
}
