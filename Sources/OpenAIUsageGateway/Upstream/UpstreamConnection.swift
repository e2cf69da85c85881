import NIOCore
import NIOHTTP1
import NIOTLS

/// What a call hears of its connection to the upstream; all on the connection's event loop.
protocol UpstreamDelegate: AnyObject {
    func upstreamReceived(head: HTTPResponseHead)
    func upstreamReceived(body: ByteBuffer)
    func upstreamReceivedEnd(trailers: HTTPHeaders?)
    func upstreamReadCompleted()
    func upstreamWritabilityChanged(isWritable: Bool)
    func upstreamClosed(_ failure: UpstreamFailure)
}

/// A connection to the upstream, which carries one call at a time.
final class UpstreamConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let pool: UpstreamPool
    private let isEncrypted: Bool
    /// The proxy that gets requests in the absolute form, if there is no tunnel through it.
    private let plainProxy: UpstreamProxy?
    private let authority: String
    private var context: ChannelHandlerContext?
    /// The channel, before the connection's handler is in it.
    private var channel: (any Channel)?
    private var opened: EventLoopPromise<Void>?
    private var failure: UpstreamFailure?
    private var isReadingPaused = false
    private var keepsAlive = true
    private var hasSentEnd = false
    private var isReturning = false
    /// The call that has the connection.
    private var delegate: (any UpstreamDelegate)?
    /// Ends the connection when it was idle for too long.
    var idleDeadline: NIODeadline = .distantFuture
    /// Whether another call has used the connection before.
    private(set) var isReused = false
    private(set) var isClosed = false

    init(pool: UpstreamPool, upstream: Upstream, proxy: UpstreamProxy?, opened: EventLoopPromise<Void>) {
        self.pool = pool
        isEncrypted = upstream.isEncrypted
        authority = upstream.authority
        plainProxy = upstream.isEncrypted ? nil : proxy
        self.opened = opened
    }

    var isWritable: Bool { context?.channel.isWritable ?? false }

    /// Gives the connection to a call.
    func begin(_ delegate: any UpstreamDelegate) {
        self.delegate = delegate
        hasSentEnd = false
        keepsAlive = true
    }

    func send(head: HTTPRequestHead) {
        // What follows the response to it need not be HTTP.
        if head.method == .CONNECT { keepsAlive = false }
        guard let plainProxy else { return write(.head(head)) }
        var head = head
        head.uri = "http://\(authority)\(head.uri)"
        if let authorization = plainProxy.authorization {
            head.headers.add(name: "Proxy-Authorization", value: authorization)
        }
        write(.head(head))
    }
    func send(body: ByteBuffer) { write(.body(.byteBuffer(body))) }

    func send(end trailers: HTTPHeaders?) {
        hasSentEnd = true
        write(.end(trailers))
    }

    func flush() { context?.flush() }

    func pauseReading() {
        guard !isReadingPaused, let context else { return }
        isReadingPaused = true
        try? context.channel.syncOptions?.setOption(.autoRead, value: false)
    }

    func resumeReading() {
        guard isReadingPaused, let context else { return }
        isReadingPaused = false
        try? context.channel.syncOptions?.setOption(.autoRead, value: true)
    }

    /// Takes the connection from its call and ends it.
    func abort() {
        delegate = nil
        if let context {
            context.close(promise: nil)
        } else {
            channel?.close(promise: nil)
        }
    }

    /// Called when there is a channel, which need not have the connection's handler yet.
    func opening(_ channel: any Channel) {
        self.channel = channel
    }

    /// Takes it that no channel came about.
    func failedToOpen() {
        guard !isClosed else { return }
        isClosed = true
        opened = nil
        channel = nil
        pool.forget(self)
    }

    private func write(_ part: HTTPClientRequestPart) {
        context?.write(wrapOutboundOut(part), promise: nil)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        channel = nil
        if context.channel.isActive, !isEncrypted { succeed() }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        if !isEncrypted { succeed() }
        context.fireChannelActive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted = event as? TLSUserEvent { succeed() }
        context.fireUserInboundEventTriggered(event)
    }

    private func succeed() {
        opened?.succeed()
        opened = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            keepsAlive = keepsAlive && head.isKeepAlive
            if head.status == .switchingProtocols {
                // Nobody asked for another protocol: the field that would is the client's, and is not passed on.
                fail(.malformed("a change of protocol that was not asked for"), context)
                return
            }
            guard let delegate else {
                // Bytes that nobody asked for: the connection cannot be trusted any more.
                context.close(promise: nil)
                return
            }
            delegate.upstreamReceived(head: head)
        case .body(let body):
            delegate?.upstreamReceived(body: body)
        case .end(let trailers):
            guard let delegate else { return }
            guard failure == nil else { return }
            self.delegate = nil
            resumeReading()
            // The connection serves another call when all that was read with the response is known to be part of it.
            isReturning = keepsAlive && hasSentEnd
            if !isReturning { context.close(promise: nil) }
            delegate.upstreamReceivedEnd(trailers: trailers)
            delegate.upstreamReadCompleted()
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        delegate?.upstreamReadCompleted()
        if isReturning, context.channel.isActive {
            isReturning = false
            isReused = true
            pool.takeBack(self)
        }
        context.fireChannelReadComplete()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        delegate?.upstreamWritabilityChanged(isWritable: context.channel.isWritable)
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if failure == nil {
            if let error = error as? HTTPParserError {
                // The parser reports a connection that ends inside a response as an error too.
                failure = error == .invalidEOFState ? .closed : .malformed(ErrorText.describe(error))
            } else if opened != nil {
                failure = UpstreamFailure(error)
            } else {
                failure = .closed
            }
        }
        context.close(promise: nil)
    }

    private func fail(_ failure: UpstreamFailure, _ context: ChannelHandlerContext) {
        if self.failure == nil { self.failure = failure }
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        if !isClosed {
            isClosed = true
            pool.forget(self)
        }
        opened?.fail(failure ?? UpstreamFailure.closed)
        opened = nil
        if let delegate {
            self.delegate = nil
            delegate.upstreamClosed(failure ?? .closed)
        }
        context.fireChannelInactive()
    }
}
