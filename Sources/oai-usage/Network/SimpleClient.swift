import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// A plain client of HTTP: one connection a call, as scripts have it.
struct SimpleClient: Sendable {
    let group: any EventLoopGroup
    let host: String
    let port: Int
    /// The value of the field `Host`; `nil` for the host and the port.
    var authority: String?
    /// The authorities that a connection with TLS trusts; `nil` for one without.
    var tls: NIOSSLContext?

    /// The response; without a status if the connection ended first.
    struct Answer: Sendable {
        var status: Int?
        var body: [UInt8] = []
        /// True if the response came to its end.
        var isComplete = false
        /// True if the connection was closed since the response took too long.
        var isTimedOut = false
        /// The error that ended the connection.
        var failure: (any Error)?
    }

    /// Sends a request and reads its answer, or the first bytes of it.
    ///
    /// - Parameters:
    ///   - method: The method.
    ///   - path: The path.
    ///   - headers: The headers, without the framing ones.
    ///   - body: The body.
    ///   - limit: After how many bytes of the answer the connection is closed.
    ///   - timeout: The time after which the connection is closed; `nil` for none.
    /// - Returns: What came back.
    /// - Throws: An error if no connection can be made within ten seconds.
    func send(
        _ method: HTTPMethod,
        _ path: String,
        headers: HTTPHeaders = [:],
        body: String? = nil,
        limit: Int = .max,
        timeout: TimeAmount? = nil
    ) async throws -> Answer {
        let promise = group.next().makePromise(of: Answer.self)
        var head = HTTPRequestHead(version: .http1_1, method: method, uri: path, headers: headers)
        head.headers.replaceOrAdd(name: "Host", value: authority ?? "\(host):\(port)")
        head.headers.replaceOrAdd(name: "Connection", value: "close")
        if let body { head.headers.replaceOrAdd(name: "Content-Length", value: String(body.utf8.count)) }
        let request = head
        let (tls, host) = (tls, host)
        ClientBootstrap(group: promise.futureResult.eventLoop)
            .connectTimeout(.seconds(10))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        // An address has no name that could be asked for.
                        let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
                        let handler = try NIOSSLClientHandler(context: tls, serverHostname: isAddress ? nil : host)
                        try channel.pipeline.syncOperations.addHandler(handler)
                    }
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    try channel.pipeline.syncOperations.addHandler(
                        AnswerHandler(request: request, body: body, limit: limit, timeout: timeout, promise: promise)
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
    private let timeout: TimeAmount?
    private let promise: EventLoopPromise<SimpleClient.Answer>
    private var answer = SimpleClient.Answer()
    private var watch: Scheduled<Void>?

    init(
        request: HTTPRequestHead,
        body: String?,
        limit: Int,
        timeout: TimeAmount?,
        promise: EventLoopPromise<SimpleClient.Answer>
    ) {
        self.request = request
        self.requestBody = body
        self.limit = limit
        self.timeout = timeout
        self.promise = promise
    }

    func channelActive(context: ChannelHandlerContext) {
        if let timeout {
            watch = context.eventLoop.assumeIsolated().scheduleTask(in: timeout) {
                self.answer.isTimedOut = true
                context.close(promise: nil)
            }
        }
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
            guard answer.body.count < limit else { return }
            answer.body.append(contentsOf: body.readableBytesView)
            if answer.body.count >= limit { context.close(promise: nil) }
        case .end:
            answer.isComplete = true
            context.close(promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A peer that closes TLS without saying so has still sent what it has.
        if !answer.isComplete, error as? NIOSSLError != .uncleanShutdown { answer.failure = error }
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        watch?.cancel()
        promise.succeed(answer)
    }
}
