import HTTPTypes
package import HummingbirdCore
package import Logging
package import NIOCore
import Synchronization

/// An HTTP/1.1 connection to a listener for operators, of which there are only so many, and none stays open in silence.
///
/// Half-sent heads, unread responses and forgotten connections would otherwise use up the process's descriptors.
package struct BoundedHTTPChannel: ServerChildChannel {
    private let base: HTTP1Channel
    private let limits: ConnectionLimits
    private let connections: OpenConnections
    private let prepare: @Sendable (any Channel) throws -> Void

    /// Creates the connections of a listener.
    ///
    /// - Parameters:
    ///   - responder: The responder of the server.
    ///   - limits: The limits.
    ///   - prepare: Adds the handlers below HTTP, as those of TLS, to a new connection.
    package init(
        responder: @escaping HTTPChannelHandler.Responder,
        limits: ConnectionLimits,
        prepare: @escaping @Sendable (any Channel) throws -> Void
    ) {
        self.limits = limits
        self.prepare = prepare
        connections = OpenConnections(limit: limits.connections)
        base = HTTP1Channel(
            responder: { (request, writer: consuming ResponseWriter, channel) in
                channel.triggerUserOutboundEvent(RequestEvent.began, promise: nil)
                defer { channel.triggerUserOutboundEvent(RequestEvent.ended, promise: nil) }
                guard !Self.hasSecondHost(request) else {
                    try await writer.writeResponse(
                        HTTPResponse(status: .badRequest, headerFields: [.connection: "close", .contentLength: "0"])
                    )
                    return
                }
                try await responder(request, writer, channel)
            },
            // The parts of a request's body must follow one another, too.
            configuration: HTTP1Channel.Configuration(idleTimeout: limits.idle)
        )
    }

    /// True if a request has more than one `Host`, which RFC 9112 (3.2) demands to reject: the first became its authority.
    static func hasSecondHost(_ request: Request) -> Bool {
        HTTPField.Name("Host").map { request.headers.contains($0) } ?? false
    }

    package func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(ConnectionDeadlineHandler(limits, connections))
            try prepare(channel)
        }.flatMap {
            base.setup(channel: channel, logger: logger)
        }
    }

    package func handle(value: HTTP1Channel.Value, logger: Logger) async {
        await base.handle(value: value, logger: logger)
    }
}

extension HTTPServerBuilder {
    /// Returns a server with a limited number of connections, each with timeouts.
    ///
    /// - Parameters:
    ///   - limits: The limits.
    ///   - prepare: Adds the handlers below HTTP, as those of TLS, to a new connection.
    /// - Returns: The server.
    package static func bounded(
        _ limits: ConnectionLimits = ConnectionLimits(),
        prepare: @escaping @Sendable (any Channel) throws -> Void = { _ in }
    ) -> HTTPServerBuilder {
        HTTPServerBuilder { BoundedHTTPChannel(responder: $0, limits: limits, prepare: prepare) }
    }
}

/// The beginning and the end of the answer to a request, for the handler below HTTP.
private enum RequestEvent: Sendable {
    case began, ended
}

/// The open connections of a listener on all event loops.
private final class OpenConnections: Sendable {
    private struct State: Sendable {
        var room: ConnectionRoom<ObjectIdentifier>
        var channels: [ObjectIdentifier: any Channel] = [:]
    }

    private let state: Mutex<State>

    init(limit: Int) {
        state = Mutex(State(room: ConnectionRoom(limit: limit)))
    }

    /// Adds a connection, for which another one may be closed.
    ///
    /// - Returns: False if there is no room for it.
    func enter(_ channel: any Channel) -> Bool {
        let id = ObjectIdentifier(channel)
        let evicted: (any Channel)? = state.withLock { state in
            state.channels[id] = channel
            return state.room.enter(id, at: .now()).flatMap { state.channels[$0] }
        }
        if evicted === channel { return false }
        evicted?.close(promise: nil)
        return true
    }

    func note(_ channel: any Channel, idleSince time: NIODeadline?) {
        state.withLock { $0.room.note(ObjectIdentifier(channel), idleSince: time) }
    }

    func leave(_ channel: any Channel) {
        state.withLock { state in
            state.room.leave(ObjectIdentifier(channel))
            state.channels[ObjectIdentifier(channel)] = nil
        }
    }
}

/// Closes a connection whose deadline has passed, and counts it among the open ones.
private final class ConnectionDeadlineHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = IOData

    private let limits: ConnectionLimits
    private let connections: OpenConnections
    private var deadline: ConnectionDeadline
    private var task: (time: NIODeadline, scheduled: Scheduled<Void>)?
    private var isRefused = false
    private var isRemoved = false

    init(_ limits: ConnectionLimits, _ connections: OpenConnections) {
        self.limits = limits
        self.connections = connections
        deadline = ConnectionDeadline(limits, now: .now())
    }

    func handlerAdded(context: ChannelHandlerContext) {
        isRefused = !connections.enter(context.channel)
        schedule(context)
    }

    func channelActive(context: ChannelHandlerContext) {
        // The setup of a channel must not fail: its error would end the listener.
        if isRefused { context.close(promise: nil) }
        context.fireChannelActive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        isRemoved = true
        task?.scheduled.cancel()
        task = nil
        connections.leave(context.channel)
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard let event = event as? RequestEvent else {
            return context.triggerUserOutboundEvent(event, promise: promise)
        }
        let now = NIODeadline.now()
        switch event {
        case .began: deadline.requestBegan(at: now)
        case .ended: deadline.responseEnded(at: now)
        }
        connections.note(context.channel, idleSince: event == .began ? nil : now)
        schedule(context)
        promise?.succeed()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        deadline.writeBegan(at: .now())
        let written = promise ?? context.eventLoop.makePromise(of: Void.self)
        let bound = NIOLoopBound((handler: self, context: context), eventLoop: context.eventLoop)
        written.futureResult.whenComplete { _ in
            bound.value.handler.deadline.writeEnded(at: .now())
            bound.value.handler.schedule(bound.value.context)
        }
        context.write(data, promise: written)
        schedule(context)
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        if mode == .output {
            deadline.outputClosed(at: .now())
            schedule(context)
        }
        context.close(mode: mode, promise: promise)
    }

    /// Schedules a check for the deadline unless one comes sooner.
    private func schedule(_ context: ChannelHandlerContext) {
        guard !isRemoved, let time = deadline.time else { return }
        if let task {
            guard time < task.time else { return }
            task.scheduled.cancel()
        }
        let scheduled = context.eventLoop.assumeIsolated().scheduleTask(deadline: time) {
            self.task = nil
            guard let time = self.deadline.time else { return }
            if time <= .now() { context.close(promise: nil) } else { self.schedule(context) }
        }
        task = (time, scheduled)
    }
}
