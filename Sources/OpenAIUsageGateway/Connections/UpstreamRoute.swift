import NIOCore
import OpenAIUsage

/// Where calls of one event loop go: an upstream, its connections, and what a request needs to get there.
final class UpstreamRoute {
    let upstream: Upstream
    let pool: UpstreamPool
    let usageRequests: UsageRequests
    private let route: RequestRoute
    private let credentials: [UInt8]
    private let dropped: KnownFieldSet

    init(
        upstream: Upstream,
        proxy: UpstreamProxy?,
        pool: UpstreamPool,
        usageRequests: UsageRequests
    ) {
        self.upstream = upstream
        self.pool = pool
        self.usageRequests = usageRequests
        // A proxy that is not tunneled through gets requests in the absolute form.
        let plainProxy = upstream.isEncrypted ? nil : proxy
        route = RequestRoute(
            authority: upstream.authority,
            prefix: upstream.pathPrefix,
            proxied: plainProxy == nil ? nil : "http"
        )
        credentials = Array((plainProxy?.authorization.map { "Proxy-Authorization: \($0)\r\n" } ?? "").utf8)
        dropped = []
    }

    /// Where a request goes.
    func target(_ head: RequestHead) -> ProxyStream<Exchange>.Target {
        var target = ProxyStream<Exchange>.Target(upstream: upstream, route: route)
        target.droppedPathBytes = upstream.version.isEmpty ? 0 : upstream.doubledBytes(of: head.pathText)
        target.credentials = credentials
        target.dropped = dropped
        return target
    }
}
