/// A failure to get a response from the upstream.
enum UpstreamFailure: Error, Equatable {
    /// No connection could be made.
    case unreachable(String)
    /// TLS could not be established.
    case untrusted(String)
    /// The proxy could not be used.
    case proxyUnreachable(UpstreamProxy, String)
    /// The proxy refused to connect to the upstream, with this status.
    case proxyRefused(UpstreamProxy, Int)
    /// The connection timed out.
    case connectTimeout
    /// The response timed out.
    case responseTimeout
    /// The connection closed before the response.
    case closed
    /// The connection closed within the response's head.
    case closedWithin
    /// The response is not valid HTTP.
    case malformed(String)
    /// All connections are busy: the queue of waiting calls is full, or the call has waited for the connect timeout.
    case overloaded

    /// The status of the gateway's answer.
    var status: Int {
        switch self {
        case .connectTimeout, .responseTimeout: 504
        case .overloaded: 503
        case .unreachable, .untrusted, .proxyUnreachable, .proxyRefused, .closed, .closedWithin, .malformed: 502
        }
    }

    /// The error code in the gateway's answer.
    var code: String {
        switch self {
        case .unreachable: "upstream_unreachable"
        case .untrusted: "upstream_tls_failure"
        case .proxyUnreachable, .proxyRefused: "upstream_proxy_failure"
        case .connectTimeout: "upstream_connect_timeout"
        case .responseTimeout: "upstream_timeout"
        case .closed, .closedWithin: "upstream_closed"
        case .malformed: "upstream_malformed_response"
        case .overloaded: "gateway_overloaded"
        }
    }

    /// Returns the error message in the gateway's answer.
    func message(_ upstream: Upstream) -> String {
        switch self {
        case .unreachable(let detail): "The gateway could not connect to \(upstream): \(detail)."
        case .untrusted(let detail):
            "The gateway could not establish TLS with \(upstream): \(detail). If the authority of its certificate is your "
                + "own, start the gateway with --upstream-ca FILE."
        case .proxyUnreachable(let proxy, let detail):
            "The gateway could not reach \(upstream) through the proxy \(proxy): \(detail)."
        case .proxyRefused(let proxy, 407):
            "The proxy \(proxy) wants credentials (status 407): start the gateway with http://user:password@host:port as its proxy."
        case .proxyRefused(let proxy, let status):
            "The proxy \(proxy) refused to connect to \(upstream) (status \(status)): allow it there, or name the host in NO_PROXY."
        case .connectTimeout: "The gateway's connection to \(upstream) timed out."
        case .responseTimeout: "\(upstream) did not answer the gateway in time."
        case .closed: "\(upstream) closed the gateway's connection before it answered."
        case .closedWithin: "\(upstream) closed the gateway's connection within the head of its response."
        case .malformed(let detail):
            "\(upstream) sent the gateway something that is not HTTP: \(detail)\(detail.hasSuffix(".") ? "" : ".")"
        case .overloaded: "All of the gateway's connections to \(upstream) are busy; retry later."
        }
    }
}
