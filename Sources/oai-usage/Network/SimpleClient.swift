import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// A simple HTTP client with one connection per request.
struct SimpleClient: Sendable {
    let group: any EventLoopGroup
    let host: String
    let port: Int
    /// The value of the `Host` header; `nil` for the host and port.
    var authority: String?
    /// The TLS context with the trusted certificates; `nil` for an unencrypted connection.
    var tls: NIOSSLContext?

    /// A response; its status is `nil` if the connection ended first.
    struct Answer: Sendable {
        var status: Int?
        var headers: HTTPHeaders = [:]
        var body: [UInt8] = []
        /// True if the response was received completely.
        var isComplete = false
        /// True if the connection was closed because the timeout elapsed.
        var isTimedOut = false
        /// The error that ended the connection; `nil` if there was none.
        var failure: (any Error)?
    }

    /// Sends a request and receives its response, or the beginning of it.
    ///
    /// - Parameters:
    ///   - method: The method.
    ///   - path: The path and query.
    ///   - headers: The headers, without `Host`, `Connection` and `Content-Length`.
    ///   - body: The body; `nil` for none.
    ///   - limit: The number of body bytes after which the connection is closed.
    ///   - timeout: The time after which the connection is closed; `nil` for none.
    /// - Returns: The response, which may be incomplete.
    /// - Throws: An error if no connection is established within ten seconds, or if the task is canceled, which closes the
    ///   connection.
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
        let connected = ClientBootstrap(group: promise.futureResult.eventLoop)
            .connectTimeout(.seconds(10))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        // An IP address is not allowed as a server name (SNI).
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
        connected.whenFailure { promise.fail($0) }
        return try await withTaskCancellationHandler {
            try await promise.futureResult.get()
        } onCancel: {
            promise.fail(CancellationError())
            connected.whenSuccess { $0.close(promise: nil) }
        }
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
        case .head(let head):
            answer.status = Int(head.status.code)
            answer.headers = head.headers
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
        // A peer that closes without TLS close_notify may still have sent a complete response.
        if !answer.isComplete, error as? NIOSSLError != .uncleanShutdown { answer.failure = error }
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        watch?.cancel()
        promise.succeed(answer)
    }
}

/// The check of ports in URLs.
enum URLPort {
    /// True if a URL has a port of TCP or none: connections would take a larger number modulo 65536, and parsers ignore one that
    /// exceeds an integer.
    static func isValid(_ url: String) -> Bool {
        guard let mark = url.firstRange(of: "://") else { return true }
        let authority = url[mark.upperBound...].prefix { !"/?#".contains($0) }
        let place = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
        let name = place.lastIndex(of: "]").map { place[place.index(after: $0)...] } ?? place
        guard let colon = name.lastIndex(of: ":") else { return true }
        let digits = name[name.index(after: colon)...]
        return digits.isEmpty || Int(digits).map { 1...65_535 ~= $0 } ?? false
    }
}
