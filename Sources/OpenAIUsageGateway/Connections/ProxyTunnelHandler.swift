import NIOCore
import NIOTLS

/// Opens a tunnel through a proxy on a new connection, then adds the handlers of the upstream.
final class ProxyTunnelHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let request: String
    private let proxy: UpstreamProxy
    private let onOpen: (ChannelHandlerContext) throws -> Void
    private let onFailure: (UpstreamFailure) -> Void
    private var tunnel = ProxyTunnel()
    private var isDone = false

    /// Creates a handler.
    ///
    /// - Parameters:
    ///   - upstream: The other end of the tunnel.
    ///   - proxy: The proxy.
    ///   - onOpen: Adds the handlers that use the tunnel.
    ///   - onFailure: Called once if the tunnel cannot be opened; the connection is closed then.
    init(
        to upstream: Upstream,
        through proxy: UpstreamProxy,
        onOpen: @escaping (ChannelHandlerContext) throws -> Void,
        onFailure: @escaping (UpstreamFailure) -> Void
    ) {
        request = ProxyTunnel.request(to: upstream, through: proxy)
        self.proxy = proxy
        self.onOpen = onOpen
        self.onFailure = onFailure
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive, !proxy.isEncrypted { begin(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        if !proxy.isEncrypted { begin(context) }
        context.fireChannelActive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // This is the handshake with the proxy, not with the upstream.
        if !isDone, case .handshakeCompleted = event as? TLSUserEvent {
            begin(context)
            return
        }
        context.fireUserInboundEventTriggered(event)
    }

    private func begin(_ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(string: request)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isDone else {
            context.fireChannelRead(data)
            return
        }
        switch tunnel.receive(unwrapInboundIn(data).readableBytesView) {
        case .waiting: break
        case .refused(let status): fail(.proxyRefused(proxy, status), context)
        case .malformed: fail(.proxyUnreachable(proxy, "its answer to CONNECT is not HTTP"), context)
        case .open(let rest):
            isDone = true
            do {
                try onOpen(context)
            } catch {
                isDone = false
                fail(UpstreamFailure(error), context)
                return
            }
            if !rest.isEmpty { context.fireChannelRead(wrapInboundOut(ByteBuffer(bytes: rest))) }
            context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard !isDone else {
            context.fireErrorCaught(error)
            return
        }
        fail(.proxyUnreachable(proxy, ErrorText.describe(error)), context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        if !isDone { fail(.proxyUnreachable(proxy, "it closed the connection"), context) }
        context.fireChannelInactive()
    }

    private func fail(_ failure: UpstreamFailure, _ context: ChannelHandlerContext) {
        guard !isDone else { return }
        isDone = true
        onFailure(failure)
        context.close(promise: nil)
    }
}
