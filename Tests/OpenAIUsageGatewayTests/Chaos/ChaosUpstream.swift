import NIOCore
import NIOPosix
import OpenAIUsageTestKit

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// An upstream that does to each call what its plan says, and keeps nothing of any.
struct ChaosUpstream: Sendable {
    private let listener: any Channel

    var port: Int { listener.localAddress?.port ?? 0 }

    static func start() async throws -> ChaosUpstream {
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 512)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Player()) }
            }
            .bind(host: "127.0.0.1", port: 0)
            .get()
        return ChaosUpstream(listener: listener)
    }

    func stop() async throws { try await listener.close().get() }

    /// Plays the upstream on one connection.
    private final class Player: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private var received: [UInt8] = []
        /// The bytes of an early answer's request that are still to come.
        private var skipped = 0
        private var isOver = false

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            received += Array(buffer: unwrapInboundIn(data))
            while !isOver, answer(context) {}
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

        /// Answers a request, if it is there; false if there is none.
        private func answer(_ context: ChannelHandlerContext) -> Bool {
            let known = min(skipped, received.count)
            received.removeFirst(known)
            skipped -= known
            guard skipped == 0, let end = received.range(of: Array("\r\n\r\n".utf8)) else { return false }
            let lines = String(decoding: received[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
            func field(_ name: String) -> UInt64? {
                lines.first { $0.lowercased().hasPrefix(name) }.flatMap { UInt64($0.dropFirst(name.count)) }
            }
            guard let seed = field("x-plan: ") else {
                finish(context, isReset: false)
                return false
            }
            let plan = ChaosPlan(seed: seed)
            let length = Int(field("content-length: ") ?? 0)
            let rest = received.count - end.upperBound
            guard plan.isEarly || rest >= length else { return false }
            let body = received[end.upperBound...].prefix(length)
            let tellsUsage = Array(body).range(of: Array(#""include_usage":true"#.utf8)) != nil
            received.removeFirst(end.upperBound + body.count)
            skipped = length - body.count
            play(plan, plan.response(tellsUsage: tellsUsage), context)
            return true
        }

        private func play(_ plan: ChaosPlan, _ response: [UInt8], _ context: ChannelHandlerContext) {
            switch plan.upstreamFault {
            case .none:
                write(response, plan, context)
                if plan.framing == .untilClose { finish(context, isReset: false) }
            case .closes: finish(context, isReset: false)
            case .resets: finish(context, isReset: true)
            case .cuts(let length, let isReset):
                write(Array(response.prefix(min(length, response.count - 1))), plan, context)
                // The end of such a response is a close.
                finish(context, isReset: isReset || plan.framing == .untilClose)
            case .stalls(let length):
                write(Array(response.prefix(min(length, response.count - 1))), plan, context)
                isOver = true
            case .garbles:
                write(Array("This is no HTTP.\r\n\r\n".utf8), plan, context)
                finish(context, isReset: false)
            case .strays:
                // In one piece: what comes behind the next request cannot be told from its response.
                let stray = Array("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nstray".utf8)
                let bytes = plan.framing == .untilClose ? response : response + stray
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
                finish(context, isReset: false)
            case .closesBehind:
                write(response, plan, context)
                finish(context, isReset: false)
            }
        }

        private func write(_ bytes: [UInt8], _ plan: ChaosPlan, _ context: ChannelHandlerContext) {
            var rest = bytes[...]
            var turn = 0
            while !rest.isEmpty {
                let piece = rest.prefix(plan.pieces[turn % plan.pieces.count])
                rest = rest.dropFirst(piece.count)
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: piece)), promise: nil)
                turn += 1
            }
        }

        private func finish(_ context: ChannelHandlerContext, isReset: Bool) {
            isOver = true
            if isReset, let channel = context.channel as? any SocketOptionProvider {
                channel.setSoLinger(linger(l_onoff: 1, l_linger: 0)).assumeIsolated().whenComplete { _ in
                    context.close(promise: nil)
                }
            } else {
                context.close(promise: nil)
            }
        }
    }
}
