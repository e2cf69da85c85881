import NIOCore
import NIOSSL
import NIOTLS

/// The handlers that a client's connection gets before its own if the listener speaks TLS.
enum TLSFront {
    /// Adds the handlers.
    static func add(
        _ certificate: ServerCertificate,
        _ loop: DataPlaneLoop,
        to pipeline: ChannelPipeline.SynchronousOperations
    ) throws {
        try pipeline.addHandlers(
            PlainRequestDetector(loop: loop),
            NIOSSLServerHandler(context: certificate.context),
            HandshakeObserver(loop: loop)
        )
    }
}

/// Answers clients that speak HTTP where TLS is spoken, since all that they would see is a connection that ends.
private final class PlainRequestDetector: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// The first byte of a handshake (RFC 8446, section 5.1).
    private static let handshake: UInt8 = 22

    private let loop: DataPlaneLoop
    private var isRefused = false

    init(loop: DataPlaneLoop) {
        self.loop = loop
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isRefused else { return }
        let bytes = unwrapInboundIn(data)
        guard let first = bytes.getInteger(at: bytes.readerIndex, as: UInt8.self) else { return }
        guard first != Self.handshake else {
            context.fireChannelRead(data)
            context.pipeline.syncOperations.removeHandler(self, promise: nil)
            return
        }
        isRefused = true
        loop.countEvent(.tlsFailure)
        guard UInt8(ascii: "A")...UInt8(ascii: "Z") ~= first else { return context.close(promise: nil) }
        let answer = GatewayAnswer.error(
            status: 400,
            code: "tls_required",
            message: "This port speaks TLS: use https:// and not http://.",
            callID: nil,
            connection: .close,
            isBodiless: false
        )
        let written = context.eventLoop.makePromise(of: Void.self)
        context.writeAndFlush(wrapOutboundOut(answer), promise: written)
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        written.futureResult.whenComplete { _ in bound.value.close(promise: nil) }
    }
}

/// Counts handshakes that fail, and ends those that do not come in time.
private final class HandshakeObserver: ChannelInboundHandler, RemovableChannelHandler, TimedItem {
    typealias InboundIn = ByteBuffer

    private let loop: DataPlaneLoop
    private var context: ChannelHandlerContext?

    init(loop: DataPlaneLoop) {
        self.loop = loop
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        loop.timers.schedule(after: loop.limits.headMilliseconds, self, 0)
    }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        context.fireUserInboundEventTriggered(event)
        guard let event = event as? TLSUserEvent, case .handshakeCompleted = event else { return }
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case NIOSSLError.handshakeFailed: loop.countEvent(.tlsFailure)
        // A connection that was opened and closed, as load balancers do, or a client that has gone.
        default: break
        }
        context.fireErrorCaught(error)
    }

    func isWaiting(_ token: Int) -> Bool { context != nil }

    func timerFired(_ token: Int) {
        guard let context else { return }
        loop.countEvent(.tlsFailure)
        context.close(promise: nil)
    }
}
