/// The proxies that calls go through.
///
/// libcurl would read them from the environment by itself, but on the driving thread, where another thread may be changing
/// it. So it is always told, by the same rules.
struct CurlProxies: Sendable {
    private let http: String
    private let https: String
    /// The hosts that are connected to without a proxy.
    let exceptions: String

    /// Takes the proxies of a configuration, or else of the environment.
    ///
    /// - Parameters:
    ///   - proxy: The one for all calls, if it is set.
    ///   - variable: Reads a variable, `nil` if it is not set or empty.
    init(_ proxy: String?, variable: (String) -> String?) {
        if let proxy {
            http = proxy
            https = proxy
            exceptions = ""
            return
        }
        let all = variable("all_proxy") ?? variable("ALL_PROXY")
        // A server of CGI has the request's field Proxy in HTTP_PROXY.
        http = variable("http_proxy") ?? all ?? ""
        https = variable("https_proxy") ?? variable("HTTPS_PROXY") ?? all ?? ""
        exceptions = variable("no_proxy") ?? variable("NO_PROXY") ?? ""
    }

    /// The proxy for an address, empty for none.
    subscript(url: String) -> String { url.hasPrefix("https:") ? https : http }
}
