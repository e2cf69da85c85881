import Logging
import NIOCore
import NIOSSL
import NIOTLS

/// The handlers in front of a client's connection if the listener speaks TLS.
enum TLSFront {
    /// Adds the handlers.
    static func add(
        _ certificate: ServerCertificate,
        _ loop: DataPlaneLoop,
        to pipeline: ChannelPipeline.SynchronousOperations
    ) throws {
        let handshake = Handshake()
        try pipeline.addHandlers(
            PlainRequestDetector(loop: loop, handshake),
            NIOSSLServerHandler(context: certificate.context),
            HandshakeObserver(loop: loop, handshake)
        )
    }

    /// The state of a handshake, shared by the handlers on both of its sides.
    fileprivate final class Handshake {
        /// True once the client has sent anything: a connection that is only opened and closed, as by load balancers, is not a
        /// failure.
        var hasBegun = false
        /// True once the handshake has succeeded, or was counted as a failure.
        var isSettled = false

        /// Counts a failure, once.
        func fail(_ loop: DataPlaneLoop) {
            guard !isSettled else { return }
            isSettled = true
            loop.countEvent(.tlsFailure)
            loop.log.tell(.warning, "A handshake of TLS failed.", code: DataPlaneEvent.tlsFailure.rawValue)
        }
    }
}

/// Answers clients that speak plain HTTP on a TLS port, which would otherwise see nothing but a closed connection.
private final class PlainRequestDetector: ChannelInboundHandler, RemovableChannelHandler, TimedItem {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// The first byte of a TLS handshake (RFC 8446, section 5.1).
    private static let handshake: UInt8 = 22
    /// The time for which the rest of a request is discarded, so that its client can read the answer, in milliseconds.
    private static let lingering: Int64 = 2_000

    private let loop: DataPlaneLoop
    private let handshake: TLSFront.Handshake
    private var context: ChannelHandlerContext?

    init(loop: DataPlaneLoop, _ handshake: TLSFront.Handshake) {
        self.loop = loop
        self.handshake = handshake
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        guard !handshake.hasBegun, let first = bytes.getInteger(at: bytes.readerIndex, as: UInt8.self) else { return }
        handshake.hasBegun = true
        guard first != Self.handshake else {
            context.fireChannelRead(data)
            context.pipeline.syncOperations.removeHandler(self, promise: nil)
            return
        }
        handshake.fail(loop)
        guard UInt8(ascii: "A")...UInt8(ascii: "Z") ~= first else { return context.close(promise: nil) }
        let answer = GatewayAnswer.error(
            status: 400,
            code: "tls_required",
            message: "This port speaks TLS: use https:// and not http://.",
            callID: nil,
            connection: .close,
            isBodiless: false
        )
        self.context = context
        context.writeAndFlush(wrapOutboundOut(answer), promise: nil)
        context.close(mode: .output, promise: nil)
        loop.timers.schedule(after: Self.lingering, self, 0)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard self.context != nil, let event = event as? ChannelEvent, event == .inputClosed else {
            return context.fireUserInboundEventTriggered(event)
        }
        context.close(promise: nil)
    }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func isWaiting(_ token: Int) -> Bool { context != nil }

    func timerFired(_ token: Int) { context?.close(promise: nil) }
}

/// Counts handshakes that fail, and closes connections whose handshake times out.
private final class HandshakeObserver: ChannelInboundHandler, RemovableChannelHandler, TimedItem {
    typealias InboundIn = ByteBuffer

    private let loop: DataPlaneLoop
    private let handshake: TLSFront.Handshake
    private var context: ChannelHandlerContext?

    init(loop: DataPlaneLoop, _ handshake: TLSFront.Handshake) {
        self.loop = loop
        self.handshake = handshake
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        loop.timers.schedule(after: loop.limits.headMilliseconds, self, 0)
    }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        context.fireUserInboundEventTriggered(event)
        guard let event = event as? TLSUserEvent, case .handshakeCompleted = event else { return }
        handshake.isSettled = true
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if case NIOSSLError.handshakeFailed = error, handshake.hasBegun { handshake.fail(loop) }
        context.fireErrorCaught(error)
    }

    func isWaiting(_ token: Int) -> Bool { context != nil }

    func timerFired(_ token: Int) {
        guard let context else { return }
        handshake.fail(loop)
        context.close(promise: nil)
    }
}
