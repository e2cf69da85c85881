package import NIOCore

/// The limits of the connections to a listener for operators.
package struct ConnectionLimits: Sendable, Equatable {
    /// The most connections at once; a new one takes the place of the one that has been idle for the longest time.
    package var connections = 256
    /// The timeout for the first request's head, with the TLS handshake before it.
    package var head = TimeAmount.seconds(10)
    /// The timeout for the next request on a connection, longer than the usual interval of scrapes.
    package var idle = TimeAmount.seconds(75)
    /// The timeout for a client to accept what is written.
    package var write = TimeAmount.seconds(60)
    /// The timeout for a client to close a connection on which no response follows.
    package var close = TimeAmount.seconds(5)

    package init() {}
}

/// The decision when a connection has been silent for too long.
struct ConnectionDeadline: Sendable {
    private enum Phase: Sendable {
        case opened, serving, idle, closing
    }

    private let limits: ConnectionLimits
    private var phase = Phase.opened
    private var since: NIODeadline
    private var pendingWrites = 0
    private var lastProgress: NIODeadline

    init(_ limits: ConnectionLimits, now: NIODeadline) {
        self.limits = limits
        since = now
        lastProgress = now
    }

    /// The time at which the connection is closed; `nil` while a response is being prepared.
    var time: NIODeadline? {
        if pendingWrites > 0 { return lastProgress + limits.write }
        return switch phase {
        case .opened: since + limits.head
        case .serving: nil
        case .idle: since + limits.idle
        case .closing: since + limits.close
        }
    }

    /// Called when a request's head was read.
    mutating func requestBegan(at now: NIODeadline) { enter(.serving, now) }

    /// Called when a response was handed over, possibly before all of it is sent.
    mutating func responseEnded(at now: NIODeadline) { enter(.idle, now) }

    /// Called when no response follows.
    mutating func outputClosed(at now: NIODeadline) { enter(.closing, now) }

    /// Called when bytes are written.
    mutating func writeBegan(at now: NIODeadline) {
        if pendingWrites == 0 { lastProgress = now }
        pendingWrites += 1
    }

    /// Called when written bytes were accepted.
    mutating func writeEnded(at now: NIODeadline) {
        pendingWrites -= 1
        lastProgress = now
        // The time in which a response is sent does not count as idle.
        if pendingWrites == 0, phase != .opened { since = now }
    }

    private mutating func enter(_ phase: Phase, _ now: NIODeadline) {
        guard self.phase != .closing else { return }
        self.phase = phase
        since = now
    }
}

/// The connections to a listener, of which only a number may be open.
struct ConnectionRoom<ID: Hashable & Sendable>: Sendable {
    private let limit: Int
    /// The connections, each with the time since when it is idle; `nil` while it is served.
    private var connections: [ID: NIODeadline?] = [:]

    init(limit: Int) {
        self.limit = max(1, limit)
    }

    /// The number of connections.
    var count: Int { connections.count }

    /// Adds a connection, which is idle at first.
    ///
    /// - Returns: The connection that must be closed to make room: the one that has been idle for the longest time, or the new
    ///   one if all others are being served; `nil` if there is room.
    mutating func enter(_ id: ID, at now: NIODeadline) -> ID? {
        guard connections.count >= limit else {
            connections[id] = .some(now)
            return nil
        }
        let idle = connections.compactMap { entry in entry.value.map { (id: entry.key, since: $0) } }
        guard let oldest = idle.min(by: { $0.since < $1.since })?.id else { return id }
        connections[oldest] = nil
        connections[id] = .some(now)
        return oldest
    }

    /// Notes that a connection is being served (`nil`), or idle since a time.
    mutating func note(_ id: ID, idleSince time: NIODeadline?) {
        if connections[id] != nil { connections[id] = .some(time) }
    }

    /// Removes a connection that was closed.
    mutating func leave(_ id: ID) { connections[id] = nil }
}
