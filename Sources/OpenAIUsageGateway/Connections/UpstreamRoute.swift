import NIOCore
import OpenAIUsage

/// Where calls of one event loop go: an upstream, its connections, and what a request needs to get there.
final class UpstreamRoute {
    let upstream: Upstream
    /// The upstream's host, with its port unless it is the scheme's own.
    let authority: String
    let pool: UpstreamPool
    let usageRequests: UsageRequests
    /// The facts that access depends on.
    private(set) var access: AccessPolicy.Route
    private let route: RequestRoute
    /// The beginning of the paths, which is cut off before the upstream gets them; empty for the route of all others.
    let prefix: String
    private var prefixBytes: Int { prefix.utf8.count }
    /// The proxy that gets requests in the absolute form, as those do that are not tunneled through.
    private let plainProxy: UpstreamProxy?
    private var credentials: UpstreamCredentials

    /// Creates a route.
    ///
    /// - Parameters:
    ///   - upstream: The upstream.
    ///   - proxy: The proxy on the way to it.
    ///   - prefix: The beginning of the paths; empty for the route of all others.
    ///   - key: The upstream's key; `nil` if clients bring their own.
    ///   - pool: The connections to the upstream.
    ///   - usageRequests: What its calls share about asking for usage.
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

    /// Sends another key from now on, or the clients' own.
    func use(_ key: UpstreamKey?) {
        access.ownsKey = key != nil
        credentials = UpstreamCredentials(key: key, proxy: plainProxy)
    }

    /// Where a request goes.
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
