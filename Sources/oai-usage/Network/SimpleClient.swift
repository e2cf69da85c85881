import NIOCore
import NIOHTTP1
import NIOPosix

/// A plain client of HTTP: one connection a call, as scripts have it.
struct SimpleClient: Sendable {
    let group: any EventLoopGroup
    let host: String
    let port: Int

    /// What came back; without a status if the connection ended first.
    struct Answer: Sendable {
        var status: Int?
        var body: [UInt8]
    }

    /// Sends a request and reads its answer, or the first bytes of it.
    ///
    /// - Parameters:
    ///   - method: The method.
    ///   - path: The path.
    ///   - headers: The headers, without the framing ones.
    ///   - body: The body.
    ///   - limit: After how many bytes of the answer the connection is closed.
    /// - Returns: What came back.
    /// - Throws: An error if no connection can be made within ten seconds.
    func send(
        _ method: HTTPMethod,
        _ path: String,
        headers: HTTPHeaders = [:],
        body: String? = nil,
        limit: Int = .max
    ) async throws -> Answer {
        let promise = group.next().makePromise(of: Answer.self)
        var head = HTTPRequestHead(version: .http1_1, method: method, uri: path, headers: headers)
        head.headers.replaceOrAdd(name: "Host", value: "\(host):\(port)")
        head.headers.replaceOrAdd(name: "Connection", value: "close")
        if let body { head.headers.replaceOrAdd(name: "Content-Length", value: String(body.utf8.count)) }
        let request = head
        ClientBootstrap(group: promise.futureResult.eventLoop)
            .connectTimeout(.seconds(10))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    try channel.pipeline.syncOperations.addHandler(
                        AnswerHandler(request: request, body: body, limit: limit, promise: promise)
                    )
                }
            }
            .connect(host: host, port: port)
            .whenFailure { promise.fail($0) }
        return try await promise.futureResult.get()
    }
}

private final class AnswerHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let request: HTTPRequestHead
    private let requestBody: String?
    private let limit: Int
    private let promise: EventLoopPromise<SimpleClient.Answer>
    private var answer = SimpleClient.Answer(status: nil, body: [])

    init(request: HTTPRequestHead, body: String?, limit: Int, promise: EventLoopPromise<SimpleClient.Answer>) {
        self.request = request
        self.requestBody = body
        self.limit = limit
        self.promise = promise
    }

    func channelActive(context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(.head(request)), promise: nil)
        if let requestBody {
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: requestBody)))), promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): answer.status = Int(head.status.code)
        case .body(let body):
            answer.body.append(contentsOf: body.readableBytesView)
            if answer.body.count >= limit { context.close(promise: nil) }
        case .end: context.close(promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        promise.succeed(answer)
    }
}
