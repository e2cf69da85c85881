import Logging
import NIOCore
import OpenAIUsage

/// What the calls of one event loop share; touched on that loop only.
final class DataPlaneLoop {
    let eventLoop: any EventLoop
    let configuration: GatewayConfiguration
    let exchanges: ExchangeConfiguration
    let recorder: any CallRecorder
    let pool: UpstreamPool
    let usageRequests: UsageRequests
    let logger: Logger
    private(set) var handlers: [ObjectIdentifier: ProxyHandler] = [:]
    private var calls: [ObjectIdentifier: ProxiedCall] = [:]
    private var drained: EventLoopPromise<Void>?
    private(set) var isShuttingDown = false

    init(
        eventLoop: any EventLoop,
        configuration: GatewayConfiguration,
        exchanges: ExchangeConfiguration,
        recorder: any CallRecorder,
        pool: UpstreamPool,
        usageRequests: UsageRequests,
        logger: Logger
    ) {
        self.eventLoop = eventLoop
        self.configuration = configuration
        self.exchanges = exchanges
        self.recorder = recorder
        self.pool = pool
        self.usageRequests = usageRequests
        self.logger = logger
    }

    func add(_ handler: ProxyHandler) {
        handlers[ObjectIdentifier(handler)] = handler
        // A connection that was accepted while the listener was being closed.
        if isShuttingDown { eventLoop.assumeIsolated().execute { handler.closeWhenIdle() } }
    }

    func remove(_ handler: ProxyHandler) {
        handlers[ObjectIdentifier(handler)] = nil
        completeShutdown()
    }

    func started(_ call: ProxiedCall) {
        calls[ObjectIdentifier(call)] = call
        recorder.callStarted(call.endpoint)
    }

    func ended(_ call: ProxiedCall) {
        calls[ObjectIdentifier(call)] = nil
        recorder.callEnded(call.endpoint)
        completeShutdown()
    }

    /// Ends idle connections now, the others behind their call.
    ///
    /// - Returns: A future that succeeds when no call is open and every client has what was written to it.
    func shutDown() -> EventLoopFuture<Void> {
        isShuttingDown = true
        let promise = drained ?? eventLoop.makePromise(of: Void.self)
        drained = promise
        for handler in handlers.values { handler.closeWhenIdle() }
        completeShutdown()
        return promise.futureResult
    }

    /// Ends every connection and call that is left.
    func abort() {
        // A call whose client has gone belongs to no connection of a client any more.
        for call in calls.values { call.abort() }
        for handler in handlers.values { handler.abort() }
        pool.close()
    }

    private func completeShutdown() {
        guard isShuttingDown, calls.isEmpty, handlers.isEmpty else { return }
        pool.close()
        drained?.succeed()
    }
}
