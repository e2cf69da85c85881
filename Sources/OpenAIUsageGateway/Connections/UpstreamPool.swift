import NIOCore
import NIOPosix
import NIOSSL

/// The connections to one upstream of one event loop, so that a call never leaves its loop.
final class UpstreamPool: TimedItem {
    /// A call that waits for a connection.
    final class Waiter: TimedItem {
        fileprivate weak var pool: UpstreamPool?
        fileprivate var call: ProxiedCall?
        fileprivate var previous: Waiter?
        fileprivate var next: Waiter?
        fileprivate var isQueued = false

        fileprivate init(_ call: ProxiedCall, _ pool: UpstreamPool) {
            self.call = call
            self.pool = pool
        }

        /// Gives up waiting.
        func cancel() {
            call = nil
            pool?.dequeue(self)
        }

        func isWaiting(_ token: Int) -> Bool { isQueued }

        func timerFired(_ token: Int) {
            guard isQueued, let pool else { return }
            pool.dequeue(self)
            pool.fail(self, .overloaded)
        }

        fileprivate func take() -> ProxiedCall? {
            defer { call = nil }
            return call
        }
    }

    private static let maximumWaiters = 10_000

    private let loop: DataPlaneLoop
    private let connector: Connector
    private let connectTimeout: Int64
    private let idleTimeout: Int64
    private let limit: Int
    private var idle: [UpstreamConnection] = []
    private var openCount = 0
    private var first: Waiter?
    private var last: Waiter?
    private var waiterCount = 0
    private var isSweeping = false
    private var isClosed = false

    init(loop: DataPlaneLoop, connector: Connector) {
        self.loop = loop
        self.connector = connector
        let configuration = loop.configuration
        connectTimeout = configuration.connectTimeoutMilliseconds
        idleTimeout = configuration.idleMilliseconds
        limit = max(1, configuration.connectionsPerLoop)
    }

    /// Gets a connection for a call: an idle one at once, else a new one, else the next that comes free.
    ///
    /// - Parameters:
    ///   - call: Who is told of the connection, or that there is none.
    ///   - isFresh: True if the connection must be a new one.
    /// - Returns: What to give up waiting with; `nil` if the call has been told already.
    func acquire(for call: ProxiedCall, isFresh: Bool) -> Waiter? {
        let now = LoopTimers.now
        while !isFresh, let connection = idle.popLast() {
            guard !connection.isClosed else { continue }
            guard connection.idleDeadline > now, connection.expiry > now else {
                connection.close()
                continue
            }
            call.receive(connection)
            return nil
        }
        let waiter = Waiter(call, self)
        if openCount < limit {
            open(for: waiter)
        } else if waiterCount < Self.maximumWaiters {
            enqueue(waiter)
        } else {
            call.handle(.connectFailed(.overloaded))
            return nil
        }
        return waiter
    }

    /// Takes a connection back whose call is over.
    func takeBack(_ connection: UpstreamConnection, keepAlive: Int64?) {
        guard !isClosed, !connection.isClosed else { return connection.close() }
        let now = LoopTimers.now
        guard connection.expiry > now else { return connection.close() }
        if let waiter = first {
            dequeue(waiter)
            waiter.take()?.receive(connection)
            return
        }
        connection.idleDeadline = now + min(idleTimeout, keepAlive ?? .max) * 1_000_000
        idle.append(connection)
        if !isSweeping { sweepLater() }
    }

    /// Counts a connection out that has ended.
    func remove(_ connection: UpstreamConnection) {
        guard connection.isCounted else { return }
        connection.isCounted = false
        if let index = idle.lastIndex(where: { $0 === connection }) { idle.remove(at: index) }
        countOut()
    }

    /// Ends all idle connections, and every other when its call is over.
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
                if let call = waiter.take() {
                    call.receive(connection)
                } else {
                    // The client has gone; the connection serves another call.
                    takeBack(connection, keepAlive: nil)
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
        while openCount < limit, let waiter = first, !isClosed {
            dequeue(waiter)
            open(for: waiter)
        }
    }

    private func fail(_ waiter: Waiter, _ failure: UpstreamFailure) {
        waiter.take()?.handle(.connectFailed(failure))
        loop.flush()
    }

    // MARK: - Those who wait

    private func enqueue(_ waiter: Waiter) {
        waiter.isQueued = true
        waiter.previous = last
        last?.next = waiter
        last = waiter
        if first == nil { first = waiter }
        waiterCount += 1
        loop.countWaiters(1)
        loop.timers.schedule(after: connectTimeout, waiter, 0)
    }

    private func dequeue(_ waiter: Waiter) {
        guard waiter.isQueued else { return }
        waiter.isQueued = false
        if first === waiter { first = waiter.next }
        if last === waiter { last = waiter.previous }
        waiter.previous?.next = waiter.next
        waiter.next?.previous = waiter.previous
        waiter.previous = nil
        waiter.next = nil
        waiterCount -= 1
        loop.countWaiters(-1)
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
