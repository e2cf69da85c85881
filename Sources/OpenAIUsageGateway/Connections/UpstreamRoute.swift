import NIOCore
import OpenAIUsage

/// Where calls of one event loop go: an upstream, its connections, and what a request needs to get there.
final class UpstreamRoute {
    let upstream: Upstream
    let pool: UpstreamPool
    let usageRequests: UsageRequests
    /// The facts that access depends on.
    private(set) var access: AccessPolicy.Route
    private let route: RequestRoute
    /// The beginning of the paths, which is cut off before the upstream gets them; empty for the route of all others.
    let prefix: String
    private var prefixBytes: Int { prefix.utf8.count }
    private let proxyCredentials: [UInt8]
    private var credentials: [UInt8] = []
    private var dropped: KnownFieldSet = []

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
        self.pool = pool
        self.usageRequests = usageRequests
        // A proxy that is not tunneled through gets requests in the absolute form.
        let plainProxy = upstream.isEncrypted ? nil : proxy
        route = RequestRoute(
            authority: upstream.authority,
            prefix: upstream.pathPrefix,
            proxied: plainProxy == nil ? nil : "http"
        )
        self.prefix = prefix
        proxyCredentials = Array((plainProxy?.authorization.map { "Proxy-Authorization: \($0)\r\n" } ?? "").utf8)
        access = AccessPolicy.Route(hasPrefix: !prefix.isEmpty)
        use(key)
    }

    /// Sends another key from now on, or the clients' own.
    func use(_ key: UpstreamKey?) {
        access.ownsKey = key != nil
        credentials = proxyCredentials + Array((key?.line ?? "").utf8)
        dropped = key == nil ? [] : ClientCredentials.replacedFields
    }

    /// Where a request goes.
    func target(_ head: RequestHead) -> ProxyStream<Exchange>.Target {
        var target = ProxyStream<Exchange>.Target(upstream: upstream, route: route)
        target.droppedPathBytes = prefixBytes
        if !upstream.version.isEmpty {
            let path = prefixBytes == 0 ? head.pathText : head.string(head.path.dropFirst(prefixBytes))
            target.droppedPathBytes += upstream.doubledBytes(of: path)
        }
        target.credentials = credentials
        target.dropped = dropped
        if let line = ClientCredentials.protocolLine(of: head, keepsKeys: !access.ownsKey) {
            target.credentials += line
            target.dropped.insert(.secWebSocketProtocol)
        }
        return target
    }
}
