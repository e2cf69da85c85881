import Dispatch
import Logging
import NIOCore
import NIOPosix
import OpenAIUsage
import OpenAIUsageTestKit
import Testing

@testable import OpenAIUsageGateway

/// A data plane in this process, with a recorder and an upstream that tests play.
struct Harness: Sendable {
    let upstream: ScriptedUpstream
    let recorder: FakeRecorder
    let plane: DataPlane
    let group: MultiThreadedEventLoopGroup
    private let clients = Watched<[RawConnection]>([])

    /// The gateway's event loop.
    var loop: any EventLoop { group.next() }

    /// Runs a test, and checks afterwards what holds for every test: each call that began has ended with one record, and
    /// no connection is left.
    static func run(
        upstream: ScriptedUpstream? = nil,
        upstreamURL: String? = nil,
        withholdsCommits: Bool = false,
        keepsAtOnce: Bool = false,
        descriptors: Int = DescriptorLimit.connections,
        configure: (inout GatewayConfiguration) -> Void = { _ in },
        body: (Harness) async throws -> Void
    ) async throws {
        var server: ScriptedUpstream
        if let upstream { server = upstream } else { server = try await ScriptedUpstream.start() }
        var configuration = GatewayConfiguration(
            upstream: try #require(Upstream(upstreamURL ?? "http://127.0.0.1:\(server.port)"))
        )
        configuration.listen = .init(host: "127.0.0.1", port: 0)
        // What a test is not about must not happen in it, however slow the machine is.
        configuration.commitDeadlineMilliseconds = 60_000
        configuration.openRowMilliseconds = 60_000
        configuration.responseTimeoutMilliseconds = 60_000
        configuration.drainMilliseconds = 60_000
        configuration.halfCloseMilliseconds = 60_000
        configuration.streamHeadMilliseconds = 60_000
        // Tests call the gateway by any name.
        configuration.access.allowedHosts = ["*"]
        configure(&configuration)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: configuration.workers)
        let recorder = FakeRecorder(withholdsCommits: withholdsCommits, keepsAtOnce: keepsAtOnce)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let plane = try await DataPlane.start(
            configuration: configuration,
            exchanges: ExchangeConfiguration(source: .gateway),
            recorder: recorder,
            counters: recorder,
            log: GatewayLog(logger),
            group: group,
            descriptors: descriptors
        )
        let harness = Harness(upstream: server, recorder: recorder, plane: plane, group: group)
        do {
            try await body(harness)
            try await harness.finish()
        } catch {
            await harness.tearDown()
            throw error
        }
        await harness.tearDown()
    }

    /// Connects a client.
    func client(expectsPattern: Bool = false, receiveBuffer: Int? = nil) async throws -> RawClient {
        let connection = try await RawConnection.connect(
            to: plane.port,
            expectsPattern: expectsPattern,
            receiveBuffer: receiveBuffer
        )
        clients.update { $0.append(connection) }
        return RawClient(connection: connection)
    }

    /// Sends a request on a connection of its own and waits for the response.
    func exchange(_ request: String, method: String = "POST") async throws -> RawMessage {
        let client = try await client()
        let response = try await client.exchange(request, method: method)
        await client.connection.close()
        return response
    }

    /// Waits until all that the gateway has written has come to a client, if it has written anything.
    func settle(_ client: RawClient) async throws {
        // What was sent on this machine is there at once, and a loop reads before it does what it was handed.
        try await loop.submit {}.get()
        try await loop.submit {}.get()
        try await client.connection.channel.eventLoop.submit {}.get()
    }

    /// Waits until the gateway has noticed that clients have gone, and as many are left.
    func untilClientsLeft(_ count: Int) async throws {
        for _ in 0..<60_000 {
            var left = 0
            for bound in plane.loops { left += try await bound.eventLoop.submit { bound.value.handlers.count }.get() }
            if left == count { return }
            try await loop.scheduleTask(in: .milliseconds(1)) {}.futureResult.get()
        }
        throw Watched<Int>.LimitError(what: "\(count) clients", state: "more")
    }

    /// Lets the gateway's event loop stand still while the body runs, so that all that the body does reaches it at once.
    func standingStill(_ body: () async throws -> Void) async throws {
        let gate = DispatchSemaphore(value: 0)
        loop.execute { gate.wait() }
        defer { gate.signal() }
        try await body()
    }

    private func finish() async throws {
        recorder.commitAll()
        for client in clients.value { await client.close() }
        let state = try await recorder.wait(for: "all calls to end") {
            // A call's record may follow its end.
            $0.started == $0.ended && $0.afterDisconnect == 0 && $0.records.count >= $0.started
        }
        let isDrained = await plane.shutDown(within: .seconds(60))
        #expect(isDrained)
        #expect(state.records.count == state.started)
        #expect(Set(state.records.map(\.id)).count == state.records.count)
        #expect(state.abandoned.isEmpty)
        for connection in upstream.connections { try await connection.ended() }
    }

    private func tearDown() async {
        for client in clients.value { await client.close() }
        _ = await plane.shutDown(within: .zero)
        await upstream.stop()
        try? await group.shutdownGracefully()
    }
}
