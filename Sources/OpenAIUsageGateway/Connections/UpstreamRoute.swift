import NIOCore
import OpenAIUsage

/// The destination of calls on one event loop: an upstream, its connections, and what its requests need.
final class UpstreamRoute {
    let upstream: Upstream
    /// The upstream's host, with its port unless it is the scheme's default.
    let authority: String
    let pool: UpstreamPool
    let usageRequests: UsageRequests
    /// The properties that the access rules depend on.
    private(set) var access: AccessPolicy.Route
    private let route: RequestRoute
    /// The path prefix, which is removed before requests are forwarded; empty for the standard route.
    let prefix: String
    private var prefixBytes: Int { prefix.utf8.count }
    /// The proxy that receives requests in absolute form; `nil` for none, and for tunnels.
    private let plainProxy: UpstreamProxy?
    private var credentials: UpstreamCredentials

    /// Creates a route.
    ///
    /// - Parameters:
    ///   - upstream: The upstream.
    ///   - proxy: The proxy between the gateway and the upstream; `nil` for none.
    ///   - prefix: The path prefix; empty for the standard route.
    ///   - key: The upstream's key; `nil` if clients bring their own.
    ///   - pool: The connections to the upstream.
    ///   - usageRequests: The state that its calls share about asking for usage.
    init(
        upstream: Upstream,
        proxy: UpstreamProxy?,
        prefix: String = "",
        key: UpstreamKey? = nil,
        pool: UpstreamPool,
        usageRequests: UsageRequests
    ) {
        self.upstream = upstream
        authority = upstream.authority
        self.pool = pool
        self.usageRequests = usageRequests
        plainProxy = upstream.isEncrypted ? nil : proxy
        route = RequestRoute(
            authority: authority,
            prefix: upstream.pathPrefix,
            proxied: plainProxy == nil ? nil : "http"
        )
        self.prefix = prefix
        credentials = UpstreamCredentials(key: key, proxy: plainProxy)
        access = AccessPolicy.Route(ownsKey: key != nil, hasPrefix: !prefix.isEmpty)
    }

    /// Replaces the upstream's key; `nil` if clients bring their own.
    func use(_ key: UpstreamKey?) {
        access.ownsKey = key != nil
        credentials = UpstreamCredentials(key: key, proxy: plainProxy)
    }

    /// Returns the destination of a request.
    func target(_ head: RequestHead) -> ProxyStream<Exchange>.Target {
        var target = ProxyStream<Exchange>.Target(upstream: upstream, route: route)
        target.droppedPathBytes = prefixBytes
        if !upstream.version.isEmpty {
            let path = prefixBytes == 0 ? head.pathText : head.string(head.path.dropFirst(prefixBytes))
            target.droppedPathBytes += upstream.doubledBytes(of: path)
        }
        (target.credentials, target.dropped) = credentials.exchange(for: head)
        return target
    }
}
