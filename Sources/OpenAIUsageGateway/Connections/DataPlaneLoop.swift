import NIOCore
import OpenAIUsage

/// The state that the calls of one event loop share; accessed on that loop only.
final class DataPlaneLoop {
    let eventLoop: any EventLoop
    let configuration: GatewayConfiguration
    let limits: GatewayLimits
    let headLimits: HeadLimits
    let rules: StreamRules
    let exchanges: ExchangeConfiguration
    let recorder: any DataPlaneRecorder
    let counters: any DataPlaneCounters
    let log: GatewayLog
    let timers: LoopTimers
    let commits: CommitQueue
    private let clients: ClientCount
    @exclusivity(unchecked) private var access: AccessPolicy
    @exclusivity(unchecked) private var routes: RouteTable<UpstreamRoute>?
    private(set) var handlers: [ObjectIdentifier: DownstreamConnection] = [:]
    @exclusivity(unchecked) private var calls: [ObjectIdentifier: ProxiedCall] = [:]
    @exclusivity(unchecked) private var readOn: Set<ObjectIdentifier> = []
    @exclusivity(unchecked) private var unflushedDownstream: [DownstreamConnection] = []
    @exclusivity(unchecked) private var unflushedUpstream: [UpstreamConnection] = []
    @exclusivity(unchecked) private var isFlushScheduled = false
    /// True if ``DataPlaneRecorder/flush()`` must be called before anything is sent to a client.
    @exclusivity(unchecked) private var hasSubmitted = false
    @exclusivity(unchecked) private var isFlushing = false
    private var drained: EventLoopPromise<Void>?
    private(set) var isShuttingDown = false

    init(
        eventLoop: any EventLoop,
        configuration: GatewayConfiguration,
        exchanges: ExchangeConfiguration,
        recorder: any DataPlaneRecorder,
        counters: any DataPlaneCounters,
        clients: ClientCount,
        log: GatewayLog
    ) {
        self.eventLoop = eventLoop
        self.configuration = configuration
        self.exchanges = exchanges
        self.recorder = recorder
        self.counters = counters
        self.clients = clients
        self.log = log
        limits = configuration.limits
        headLimits = HeadLimits(
            bytes: limits.headBytes,
            targetBytes: min(limits.headBytes, HeadLimits().targetBytes),
            fields: limits.headFields
        )
        rules = StreamRules(configuration)
        access = AccessPolicy(configuration)
        timers = LoopTimers(eventLoop: eventLoop)
        commits = CommitQueue(eventLoop: eventLoop)
    }

    /// Sets the routes; called once, before the first call.
    func open(_ routes: RouteTable<UpstreamRoute>) { self.routes = routes }

    // MARK: - Access

    /// Adopts the tokens, hosts and keys of another configuration.
    ///
    /// - Parameter configuration: The configuration with the tokens, hosts and routes.
    func use(_ configuration: GatewayConfiguration) {
        access = AccessPolicy(configuration)
        routes?.standard.use(configuration.upstreamKey)
        for route in routes?.all ?? [] {
            // A key goes to the upstream that it was configured for, and to no other.
            let other = configuration.routes.first { $0.prefix == route.prefix && $0.upstream == route.upstream }
            if let other { route.use(other.key) }
        }
    }

    // MARK: - Calls

    /// Creates the call of a request; `nil` after ``abort()``.
    ///
    /// - Throws: An ``AccessRejection`` if the request is rejected.
    func makeCall(_ head: RequestHead, _ downstream: DownstreamConnection) throws(AccessRejection) -> ProxiedCall? {
        guard let routes else { return nil }
        let route = head.withBytes(head.path) { routes.route(for: $0) }
        switch access.judge(head, route.access) {
        case .admitted(let credential): return ProxiedCall(head, downstream, self, route, credential: credential)
        case .refused(let rejection): throw rejection
        }
    }

    /// Creates the call of a rejected request of which only the first line was read; `nil` after ``abort()``.
    func makeRejectedCall(_ line: RequestLine, _ bytes: ByteBuffer, _ downstream: DownstreamConnection) -> ProxiedCall?
    {
        guard let route = routes?.standard else { return nil }
        return ProxiedCall(RequestHead(line: line, bytes: bytes), downstream, self, route)
    }

    func started(_ call: ProxiedCall) {
        calls[ObjectIdentifier(call)] = call
        recorder.changeInFlight(call.endpoint, by: 1)
    }

    func ended(_ call: ProxiedCall) {
        guard calls.removeValue(forKey: ObjectIdentifier(call)) != nil else { return }
        if readOn.remove(ObjectIdentifier(call)) == nil {
            recorder.changeInFlight(call.endpoint, by: -1)
        } else {
            counters.changeCallsAfterDisconnect(by: -1)
        }
        completeShutdown()
    }

    /// True if there is room to read another response after its client disconnected.
    var mayReadOn: Bool { readOn.count < limits.disconnects }

    /// Notes that the response of a call is read on although its client has left.
    func readsOn(_ call: ProxiedCall) {
        guard readOn.insert(ObjectIdentifier(call)).inserted else { return }
        recorder.changeInFlight(call.endpoint, by: -1)
        counters.changeCallsAfterDisconnect(by: 1)
    }

    func count(_ note: StreamNote) {
        switch note {
        case .releasedLate: recorder.releaseLate()
        case .usageNotAsked(let reason):
            counters.usageNotAsked(reason)
            if reason == .notHeld { counters.reached(.heldBodies) }
            if reason == .refused { counters.retried(.usageOptionRejected) }
        case .replayed:
            counters.count(.replayed)
            counters.retried(.connectionClosed)
        case .refused(let code):
            counters.count(.refused)
            if let limit = DataPlaneLimit(rejection: code) { counters.reached(limit) }
        case .limit(let limit): counters.reached(limit)
        case .strayBytes: counters.count(.strayBytes)
        case .failed, .refusesUsage: break
        }
    }

    func countEvent(_ event: DataPlaneEvent) { counters.count(event) }

    func countWaiters(_ change: Int) { counters.changeWaiting(by: change) }

    // MARK: - Clients

    func add(_ handler: DownstreamConnection) {
        handlers[ObjectIdentifier(handler)] = handler
        counters.changeConnections(by: 1)
        // The connection was accepted while the listener was being closed.
        if isShuttingDown { eventLoop.assumeIsolated().execute { handler.closeWhenIdle() } }
    }

    func remove(_ handler: DownstreamConnection) {
        if handlers.removeValue(forKey: ObjectIdentifier(handler)) != nil { counters.changeConnections(by: -1) }
        completeShutdown()
    }

    // MARK: - Flushing

    /// Notes that a connection was written to; called once between two flushes of it.
    func needsFlush(_ connection: DownstreamConnection) { unflushedDownstream.append(connection) }

    /// Notes that a connection was written to; called once between two flushes of it.
    func needsFlush(_ connection: UpstreamConnection) { unflushedUpstream.append(connection) }

    /// Flushes all connections that were written to once the loop has handled the events that are ready.
    ///
    /// A write wakes its reader, and a wake costs more than a write. Writes in a row wake a reader once, which then finds all
    /// of them.
    func flushSoon() {
        if unflushedUpstream.count + unflushedDownstream.count >= Self.unflushedLimit { return flush() }
        guard !isFlushScheduled, hasSubmitted || !unflushedUpstream.isEmpty || !unflushedDownstream.isEmpty else {
            return
        }
        isFlushScheduled = true
        eventLoop.assumeIsolatedUnsafeUnchecked().execute {
            self.isFlushScheduled = false
            self.flush()
        }
    }

    /// Flushes all connections that were written to, in the order of their first writes.
    func flush() {
        // A flush may change the writability of its connection, and with it write to another one.
        guard !isFlushing else { return }
        isFlushing = true
        var (upstream, downstream) = (0, 0)
        while upstream < unflushedUpstream.count || downstream < unflushedDownstream.count {
            if upstream < unflushedUpstream.count {
                unflushedUpstream[upstream].flush()
                upstream += 1
            } else {
                unflushedDownstream[downstream].flush()
                downstream += 1
            }
        }
        unflushedUpstream.removeAll(keepingCapacity: true)
        unflushedDownstream.removeAll(keepingCapacity: true)
        isFlushing = false
        // The records of calls whose client has left, or that ended during this flush.
        keepSubmitted()
    }

    /// Notes that a record was submitted, and is kept by the next flush.
    func noteSubmitted() { hasSubmitted = true }

    /// Keeps the submitted records; called before anything is sent to a client, which may be the end of a response.
    func keepSubmitted() {
        guard hasSubmitted else { return }
        hasSubmitted = false
        recorder.flush()
    }

    /// The number of written connections that are flushed before the loop goes on: it bounds how long the first one waits.
    private static let unflushedLimit = 64

    // MARK: - Shutdown

    /// Closes idle connections at once, the others after their call.
    ///
    /// - Returns: A future that succeeds when no call is in flight and every client connection is closed.
    func shutDown() -> EventLoopFuture<Void> {
        isShuttingDown = true
        let promise = drained ?? eventLoop.makePromise(of: Void.self)
        drained = promise
        for handler in handlers.values { handler.closeWhenIdle() }
        flush()
        completeShutdown()
        return promise.futureResult
    }

    /// Ends all remaining connections and calls.
    func abort() {
        // A call whose client has disconnected belongs to no client connection.
        for call in calls.values { call.handle(.abort) }
        for handler in handlers.values { handler.abort() }
        closePools()
        flush()
        // These refer to the loop, and would keep it and themselves alive.
        timers.stop()
        routes = nil
    }

    private func closePools() {
        for route in routes?.all ?? [] { route.pool.close() }
    }

    private func completeShutdown() {
        guard isShuttingDown, calls.isEmpty, handlers.isEmpty else { return }
        closePools()
        drained?.succeed()
    }
}

extension DataPlaneLimit {
    /// Creates the limit that rejects a request with a code; `nil` if the code belongs to none.
    fileprivate init?(rejection code: String) {
        switch code {
        case "header_too_large": self = .headSize
        case "too_many_fields": self = .headFields
        default: return nil
        }
    }
}
