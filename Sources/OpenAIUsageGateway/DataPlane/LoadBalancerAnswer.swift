import NIOCore
import NIOHTTP1

/// The answer to a load balancer that asks on the port of the calls: no call of the API has these paths.
///
/// It is given here, without the upstream, and is not a row. While the gateway shuts down, it says that no more calls are
/// to be sent.
struct LoadBalancerAnswer {
    let head: HTTPResponseHead
    /// The body; `nil` for a `HEAD` request.
    let body: ByteBuffer?
    /// True if the connection may carry another request.
    let keepsAlive: Bool

    /// The answer to a request; `nil` if it is a call.
    ///
    /// - Parameters:
    ///   - request: The head of the request.
    ///   - isShuttingDown: True if the gateway ends.
    init?(to request: HTTPRequestHead, isShuttingDown: Bool) {
        guard request.method == .GET || request.method == .HEAD else { return nil }
        let path = request.uri.utf8.prefix { $0 != UInt8(ascii: "?") }
        guard path.elementsEqual("/".utf8) || path.elementsEqual("/healthz".utf8) else { return nil }
        let text = isShuttingDown ? "shutting down\n" : "ok\n"
        keepsAlive = HeaderPolicy.keepsAlive(request) && !isShuttingDown
        var head = HTTPResponseHead(version: .http1_1, status: isShuttingDown ? .serviceUnavailable : .ok)
        head.headers.add(name: "Content-Type", value: "text/plain; charset=utf-8")
        head.headers.add(name: "Content-Length", value: String(text.utf8.count))
        head.headers.add(name: "Cache-Control", value: "no-store")
        if !keepsAlive { head.headers.add(name: "Connection", value: "close") }
        self.head = head
        body = request.method == .HEAD ? nil : ByteBuffer(string: text)
    }
}
