import NIOCore
import NIOPosix
import NIOSSL

/// The connections of one event loop to one upstream; no call leaves its loop.
final class UpstreamPool: TimedItem {
    /// A call that waits for a connection.
    final class Waiter: TimedItem {
        fileprivate weak var pool: UpstreamPool?
        fileprivate var call: ProxiedCall?
        fileprivate let isFresh: Bool
        /// True while the call's request is incomplete.
        fileprivate var isUnfinished: Bool
        /// True if the call counts as one with an incomplete request that may have a connection.
        fileprivate var isAdmitted = false
        fileprivate var previous: Waiter?
        fileprivate var next: Waiter?
        fileprivate var isQueued = false
        fileprivate var turn = 0

        fileprivate init(_ call: ProxiedCall, _ pool: UpstreamPool, isFresh: Bool) {
            self.call = call
            self.pool = pool
            self.isFresh = isFresh
            isUnfinished = call.expectsRequest
        }

        /// Stops waiting.
        func cancel() {
            call = nil
            pool?.withdraw(self)
        }

        /// Marks the call's request as complete.
        func completeRequest() { pool?.completeRequest(of: self) }

        func isWaiting(_ token: Int) -> Bool { isQueued && token == turn }

        func timerFired(_ token: Int) {
            guard isWaiting(token), let pool else { return }
            pool.refuse(self, .upstreamConnections)
        }

        fileprivate func take() -> ProxiedCall? {
            defer { call = nil }
            return call
        }
    }

    /// Waiting calls, in order.
    private struct Queue {
        private(set) var first: Waiter?
        private var last: Waiter?

        mutating func append(_ waiter: Waiter) {
            waiter.previous = last
            last?.next = waiter
            last = waiter
            if first == nil { first = waiter }
        }

        mutating func remove(_ waiter: Waiter) {
            if first === waiter { first = waiter.next }
            if last === waiter { last = waiter.previous }
            waiter.previous?.next = waiter.next
            waiter.next?.previous = waiter.previous
            waiter.previous = nil
            waiter.next = nil
        }
    }

    private let loop: DataPlaneLoop
    private let connector: Connector
    private let descriptors: UpstreamDescriptors
    private let connectTimeout: Int64
    private let idleTimeout: Int64
    private let limit: Int
    private let waiterLimit: Int
    @exclusivity(unchecked) private var idle: [UpstreamConnection] = []
    private var openCount = 0
    /// The calls that wait for a connection, and those that first wait for their own request, or another's, to be complete.
    private var ready = Queue()
    private var unfinished = Queue()
    private var waiterCount = 0
    /// The most connections for calls with incomplete requests, so that slow clients leave some to the others.
    private let unfinishedLimit: Int
    private var unfinishedCount = 0
    private var isSweeping = false
    private var isClosed = false

    init(loop: DataPlaneLoop, connector: Connector, descriptors: UpstreamDescriptors) {
        self.loop = loop
        self.connector = connector
        self.descriptors = descriptors
        let configuration = loop.configuration
        connectTimeout = configuration.connectTimeoutMilliseconds
        idleTimeout = configuration.idleMilliseconds
        limit = max(1, min(configuration.limits.upstreamConnections, descriptors.limit))
        waiterLimit = configuration.limits.waitingCalls
        unfinishedLimit = max(1, limit - limit / 4)
        descriptors.add(self)
    }

    /// Gets a connection for a call: an idle one at once, else a new one, else the next that is released.
    ///
    /// - Parameters:
    ///   - call: The call, which receives the connection or the failure.
    ///   - isFresh: True if the connection must be a new one.
    /// - Returns: The handle to cancel the wait with; `nil` if the call has received its result already.
    func acquire(for call: ProxiedCall, isFresh: Bool) -> Waiter? {
        let waiter = Waiter(call, self, isFresh: isFresh)
        if waiter.isUnfinished, unfinishedCount >= unfinishedLimit {
            enqueue(waiter)
        } else {
            admit(waiter)
        }
        return waiter.call == nil ? nil : waiter
    }

    /// Gets a connection for a call that is allowed to have one.
    private func admit(_ waiter: Waiter) {
        if waiter.isUnfinished {
            waiter.isAdmitted = true
            unfinishedCount += 1
        }
        let now = LoopTimers.now
        while !waiter.isFresh, let connection = idle.popLast() {
            guard !connection.isClosed else { continue }
            guard connection.idleDeadline > now, connection.expiry > now, connection.isQuiet() else {
                connection.close()
                continue
            }
            return give(connection, to: waiter)
        }
        if openCount < limit, descriptors.take() { open(for: waiter) } else { enqueue(waiter) }
    }

    private func give(_ connection: UpstreamConnection, to waiter: Waiter) {
        connection.isUnfinished = waiter.isAdmitted
        waiter.isAdmitted = false
        waiter.take()?.receive(connection)
    }

    /// Returns a connection whose call is over to the pool.
    func release(_ connection: UpstreamConnection, keepAlive: Int64?) {
        completeRequest(on: connection)
        guard !isClosed, !connection.isClosed else { return connection.close() }
        let now = LoopTimers.now
        guard connection.expiry > now else { return connection.close() }
        if let waiter = ready.first {
            dequeue(waiter)
            return give(connection, to: waiter)
        }
        guard !descriptors.isShort else { return connection.close() }
        connection.idleDeadline = now + min(idleTimeout, keepAlive ?? .max) * 1_000_000
        idle.append(connection)
        if !isSweeping { sweepLater() }
    }

    /// Removes a connection that has ended.
    func remove(_ connection: UpstreamConnection) {
        guard connection.isCounted else { return }
        connection.isCounted = false
        if let index = idle.lastIndex(where: { $0 === connection }) { idle.remove(at: index) }
        completeRequest(on: connection)
        countOut()
    }

    /// Marks the request on a connection as complete.
    func completeRequest(on connection: UpstreamConnection) {
        guard connection.isUnfinished else { return }
        connection.isUnfinished = false
        countFinished()
    }

    /// Closes all idle connections, and every other one when its call is over.
    func close() {
        isClosed = true
        let connections = idle
        idle = []
        for connection in connections { connection.close() }
    }

    // MARK: - New connections

    private func open(for waiter: Waiter) {
        openCount += 1
        connector.connect(loop, self) { [self] result in
            switch result {
            case .success(let connection):
                connection.isCounted = true
                if waiter.call != nil {
                    give(connection, to: waiter)
                } else {
                    // The client has disconnected; the connection serves another call.
                    release(connection, keepAlive: nil)
                }
            case .failure(let failure):
                countOut()
                fail(waiter, failure)
            }
            loop.flush()
        }
    }

    private func countOut() {
        openCount -= 1
        descriptors.release()
    }

    /// True if a call waits for a connection that the pool's own limit allows.
    var isWaiting: Bool { openCount < limit && ready.first != nil && !isClosed }

    /// Opens connections for waiting calls, as far as the limits allow.
    func openForWaiters() {
        while openCount < limit, let waiter = ready.first, !isClosed, descriptors.take() {
            // A connection that was closed to free its descriptor may have served the waiter.
            guard ready.first === waiter else { return descriptors.release() }
            dequeue(waiter)
            open(for: waiter)
        }
    }

    /// Closes the connection that has been idle for the longest time, to free its descriptor.
    ///
    /// - Returns: False if none is idle.
    func closeIdle() -> Bool {
        guard !idle.isEmpty else { return false }
        idle.removeFirst().close()
        return true
    }

    private func fail(_ waiter: Waiter, _ failure: UpstreamFailure) {
        let call = waiter.take()
        withdraw(waiter)
        call?.handle(.connectFailed(failure))
        loop.flush()
    }

    // MARK: - Waiting calls

    private func refuse(_ waiter: Waiter, _ limit: DataPlaneLimit) {
        loop.count(.limit(limit))
        fail(waiter, .overloaded)
    }

    private func enqueue(_ waiter: Waiter) {
        guard waiterCount < waiterLimit else { return refuse(waiter, .waitingCalls) }
        waiter.isQueued = true
        waiter.turn += 1
        if waiter.isUnfinished, !waiter.isAdmitted { unfinished.append(waiter) } else { ready.append(waiter) }
        waiterCount += 1
        loop.countWaiters(1)
        loop.timers.schedule(after: connectTimeout, waiter, waiter.turn)
    }

    private func dequeue(_ waiter: Waiter) {
        guard waiter.isQueued else { return }
        waiter.isQueued = false
        if waiter.isUnfinished, !waiter.isAdmitted { unfinished.remove(waiter) } else { ready.remove(waiter) }
        waiterCount -= 1
        loop.countWaiters(-1)
    }

    private func withdraw(_ waiter: Waiter) {
        dequeue(waiter)
        guard waiter.isAdmitted else { return }
        waiter.isAdmitted = false
        countFinished()
    }

    private func completeRequest(of waiter: Waiter) {
        guard waiter.isUnfinished else { return }
        guard !waiter.isAdmitted else {
            // It keeps its place in the queue.
            waiter.isUnfinished = false
            waiter.isAdmitted = false
            return countFinished()
        }
        dequeue(waiter)
        waiter.isUnfinished = false
        admit(waiter)
    }

    /// Admits the next calls with incomplete requests, because a request has become complete.
    private func countFinished() {
        unfinishedCount -= 1
        while unfinishedCount < unfinishedLimit, let waiter = unfinished.first, !isClosed {
            dequeue(waiter)
            admit(waiter)
        }
    }

    // MARK: - Time

    private func sweepLater() {
        isSweeping = true
        loop.timers.schedule(after: min(idleTimeout, 1_000), self, 0)
    }

    func isWaiting(_ token: Int) -> Bool { isSweeping }

    func timerFired(_ token: Int) {
        isSweeping = false
        let now = LoopTimers.now
        let expired = idle.filter { $0.idleDeadline <= now || $0.expiry <= now }
        guard !expired.isEmpty || !idle.isEmpty else { return }
        idle.removeAll { $0.idleDeadline <= now || $0.expiry <= now }
        for connection in expired { connection.close() }
        if !idle.isEmpty { sweepLater() }
    }
}
