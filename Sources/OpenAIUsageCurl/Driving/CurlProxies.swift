/// The proxies of a transport.
///
/// libcurl would read them from the environment by itself, but on the driver thread, while another thread may be changing
/// the environment. So they are always set explicitly, by libcurl's rules.
struct CurlProxies: Sendable {
    private let http: String
    private let https: String
    /// The hosts that bypass the proxy, in libcurl's notation.
    let exceptions: String

    /// Creates the proxies of a configuration, or else of the environment.
    ///
    /// - Parameters:
    ///   - proxy: The proxy for all calls; `nil` to use the environment.
    ///   - variable: Reads an environment variable; it returns `nil` if the variable is unset or empty.
    init(_ proxy: String?, variable: (String) -> String?) {
        if let proxy {
            http = proxy
            https = proxy
            exceptions = ""
            return
        }
        let all = variable("all_proxy") ?? variable("ALL_PROXY")
        // HTTP_PROXY in capitals is ignored: a CGI server sets it from the request's Proxy field.
        http = variable("http_proxy") ?? all ?? ""
        https = variable("https_proxy") ?? variable("HTTPS_PROXY") ?? all ?? ""
        exceptions = variable("no_proxy") ?? variable("NO_PROXY") ?? ""
    }

    /// The proxy for a URL; empty for none.
    subscript(url: String) -> String { url.hasPrefix("https:") ? https : http }
}
