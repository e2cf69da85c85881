import NIOCore
import NIOHTTP1
import NIOPosix

/// An upstream that answers any number of calls, and keeps nothing of them.
struct SoakUpstream: Sendable {
    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private var call = SoakCall.plain

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head): call = head.headers.first(name: "accept").flatMap { SoakCall(rawValue: $0) } ?? .plain
            case .body: break
            case .end: answer(context)
            }
        }

        private func answer(_ context: ChannelHandlerContext) {
            var fields: HTTPHeaders = ["content-type": call.isStream ? "text/event-stream" : "application/json"]
            let body = ByteBuffer(string: call.body)
            if call.isStream {
                fields.add(name: "transfer-encoding", value: "chunked")
            } else {
                fields.add(name: "content-length", value: "\(body.readableBytes)")
            }
            let head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: call.status), headers: fields)
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
            if call.hasEnd { context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil) }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }

    private let listener: any Channel

    var port: Int { listener.localAddress?.port ?? 0 }

    static func start() async throws -> SoakUpstream {
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 512)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: false)
                    try channel.pipeline.syncOperations.addHandler(Handler())
                }
            }
            .bind(host: "127.0.0.1", port: 0)
            .get()
        return SoakUpstream(listener: listener)
    }

    func stop() async throws { try await listener.close().get() }
}
