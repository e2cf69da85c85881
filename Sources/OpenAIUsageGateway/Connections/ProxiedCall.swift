import Logging
import NIOCore
import OpenAIUsage

/// One call on its event loop: performs the actions of ``ProxyStream``.
final class ProxiedCall {
    private let loop: DataPlaneLoop
    private let route: UpstreamRoute
    private let exchange: Exchange
    private let method: RequestMethod
    private let isWebSocket: Bool
    @exclusivity(unchecked) private var stream: ProxyStream<Exchange>
    @exclusivity(unchecked) private var downstream: DownstreamConnection?
    @exclusivity(unchecked) private var upstream: UpstreamConnection?
    @exclusivity(unchecked) private var waiter: UpstreamPool.Waiter?
    @exclusivity(unchecked) private var actions: [StreamAction] = []
    @exclusivity(unchecked) private var isActing = false
    private lazy var watch = Watch(self)
    /// The time that a client waited which has left, as metrics have counted it; `nil` for one that is there.
    @exclusivity(unchecked) private var waitedMicroseconds: Int64?
    /// The number of bytes written to the client.
    @exclusivity(unchecked) private var sentBytes = 0

    /// - Parameters:
    ///   - head: The request's head.
    ///   - downstream: The client's connection.
    ///   - loop: The loop.
    ///   - route: The destination.
    ///   - credential: The credential for the row's fingerprint; `nil` for the one that the engine finds.
    init(
        _ head: RequestHead,
        _ downstream: DownstreamConnection,
        _ loop: DataPlaneLoop,
        _ route: UpstreamRoute,
        credential: String? = nil
    ) {
        self.loop = loop
        self.route = route
        self.downstream = downstream
        method = head.method
        isWebSocket = head.upgradesToWebSocket
        let path = head.recordedPath
        exchange = Exchange(
            line: RequestedTarget(method: head.methodName, target: path, authority: route.authority),
            facts: head.facts(identifiedBy: credential),
            configuration: loop.exchanges,
            sink: loop.recorder
        )
        stream = ProxyStream(
            request: head,
            observer: exchange,
            target: route.target(head),
            transformer: RequestTransformer(
                request: head,
                path: path,
                endpoint: exchange.endpoint,
                includesUsage: loop.configuration.includesUsage,
                requests: route.usageRequests
            ),
            rules: loop.rules,
            isLastCall: loop.isShuttingDown,
            at: LoopTimers.now
        )
    }

    var endpoint: Endpoint { exchange.endpoint }
    /// True while more of the request is expected.
    var expectsRequest: Bool { stream.expectsRequest }

    func start() {
        loop.started(self)
        stream.start(&actions)
        act()
    }

    func refuse(_ error: WireError) {
        loop.started(self)
        stream.refuse(error, &actions)
        act()
    }

    /// Handles the end of the request.
    func endRequest(trailers: ByteBuffer?) {
        handle(.requestEnd(trailers: trailers))
        waiter?.completeRequest()
        upstream?.completeRequest()
    }

    func handle(_ event: StreamEvent) {
        stream.handle(event, at: LoopTimers.now, &actions)
        act()
    }

    /// Flushes the connections of all calls on the loop.
    func flush() { loop.flush() }

    func makeLast() { stream.makeLast() }

    func clientClosed() {
        downstream = nil
        handle(.clientClosed(mayDrain: loop.mayReadOn))
        guard stream.isReadOn else { return }
        loop.readsOn(self)
        guard waitedMicroseconds == nil, let record = exchange.openRecord() else { return }
        waitedMicroseconds = record.timing.durationMicroseconds
        loop.recorder.recordDisconnect(record)
    }

    /// Receives the connection that the call waited for.
    func receive(_ connection: UpstreamConnection) {
        waiter = nil
        upstream = connection
        connection.begin(self, method)
        handle(.connected(isReused: connection.isReused))
        if upstream === connection, !connection.isWritable { handle(.upstreamWritable(false)) }
    }

    // MARK: - Actions

    private func act() {
        guard !isActing else { return }
        isActing = true
        var index = 0
        while index < actions.count {
            // Swapped out, so that the bytes to write have a single owner.
            var action = StreamAction.finish
            swap(&action, &actions[index])
            index += 1
            perform(action)
        }
        actions.removeAll(keepingCapacity: true)
        isActing = false
    }

    private func perform(_ action: StreamAction) {
        switch action {
        case .connect(let isFresh):
            waiter = route.pool.acquire(for: self, isFresh: isFresh)
        case .cancelConnect:
            waiter?.cancel()
            waiter = nil
        case .writeUpstream(let bytes): upstream?.write(bytes)
        case .releaseUpstream(let isReusable):
            let connection = upstream
            upstream = nil
            connection?.release(isReusable: isReusable)
        case .writeClient(let bytes):
            sentBytes += bytes.readableBytes
            downstream?.write(bytes)
        case .completeResponse(let fate):
            let connection = downstream
            downstream = nil
            connection?.complete(fate)
        case .readClient(let isWanted): downstream?.setReading(isWanted)
        case .readUpstream(let isWanted): upstream?.setReading(isWanted)
        case .beginTunnel:
            downstream?.beginTunnel()
            upstream?.beginTunnel(isWebSocket: isWebSocket)
        case .recordInFlight(let generation):
            guard let record = exchange.openRecord() else {
                if let generation { handle(.committed(generation: generation)) }
                return
            }
            let waiter = generation.map { loop.commits.waiter(for: self, generation: $0) }
            guard loop.recorder.submitOpen(record, waiter: waiter) else { return }
            loop.noteSubmitted()
            if let generation { handle(.committed(generation: generation)) }
        case .record(let ending, let errorType, let errorCode, let generation):
            guard var record = exchange.end(ending, errorType: errorType, errorCode: errorCode) else { return }
            if let waitedMicroseconds {
                record.isDisconnectCounted = true
                // The time of reading on is not the client's.
                record.timing.durationMicroseconds = waitedMicroseconds
            }
            record.sentBytes = Int64(sentBytes + (downstream == nil ? 0 : stream.barrier.heldBytes))
            let waiter = generation.map { loop.commits.waiter(for: self, generation: $0) }
            guard loop.recorder.submit(consume record, waiter: waiter) else { return }
            loop.noteSubmitted()
            if let generation { handle(.committed(generation: generation)) }
        case .arm(let deadline, let milliseconds):
            loop.timers.schedule(after: milliseconds, watch, deadline.token)
        case .note(let note): tell(note)
        case .finish:
            downstream = nil
            upstream = nil
            watch.call = nil
            loop.ended(self)
        }
    }

    private func tell(_ note: StreamNote) {
        loop.count(note)
        switch note {
        case .failed(let code):
            loop.log.tell(
                .warning,
                "A call failed at the gateway.",
                code: code,
                upstream: "\(route.upstream)",
                metadata: ["call_id": "\(exchange.id)", "endpoint": "\(endpoint.name)"]
            )
        case .refusesUsage(let model):
            guard route.usageRequests.remember(model) else { return }
            loop.log.tell(
                .notice,
                "The upstream refuses stream_options.include_usage: streams of this model pass as they are for 10 minutes, and without usage unless the upstream tells it by itself.",
                code: "include_usage_refused",
                upstream: "\(route.upstream)",
                metadata: [
                    "call_id": "\(exchange.id)", "endpoint": "\(endpoint.name)",
                    "model": "\(model.map { String($0.prefix(128)) } ?? "-")",
                ]
            )
        case .releasedLate, .usageNotAsked, .replayed, .refused, .strayBytes, .limit: break
        }
    }

    // MARK: - Timers

    /// The handle of a call for the loop's timers, which outlive the call and would keep it in memory.
    private final class Watch: TimedItem {
        var call: ProxiedCall?

        init(_ call: ProxiedCall) { self.call = call }

        func isWaiting(_ token: Int) -> Bool { call != nil }
        func timerFired(_ token: Int) { call?.reach(token) }
    }

    private func reach(_ token: Int) {
        let deadline = StreamDeadline(token: token)
        if deadline == .halfCloseGrace, downstream?.isReset == true {
            // The loop has not read the reset yet.
            handle(.clientClosed(mayDrain: false))
        }
        handle(.deadline(deadline))
        loop.flush()
    }
}

extension StreamDeadline {
    /// The deadline as a number: the generation of a commit; negative for all others.
    fileprivate var token: Int {
        switch self {
        case .watch: -1
        case .disconnectGrace: -2
        case .halfCloseGrace: -3
        case .streamHeadGrace: -4
        case .commit(let generation): generation
        }
    }

    fileprivate init(token: Int) {
        switch token {
        case -1: self = .watch
        case -2: self = .disconnectGrace
        case -3: self = .halfCloseGrace
        case -4: self = .streamHeadGrace
        default: self = .commit(generation: token)
        }
    }
}
