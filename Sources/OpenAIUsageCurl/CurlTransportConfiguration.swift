/// The connection settings, limits and timeouts of a ``CurlTransport``.
///
/// Unless they are set here, proxies come from the environment (`http_proxy`, `https_proxy`, `all_proxy`, `no_proxy`), and so
/// do the certificate authorities (`CURL_CA_BUNDLE`, `SSL_CERT_FILE`, `SSL_CERT_DIR`). The environment is read when the
/// transport is created.
public struct CurlTransportConfiguration: Sendable {
    /// The time limit for establishing a connection, including name resolution and the TLS handshake; 10 seconds by default.
    public var connectTimeout = Duration.seconds(10)
    /// The time limit for a call without progress; 600 seconds by default.
    ///
    /// It runs while no byte moves and the other side is the one to act, and while the call waits for a connection. The call
    /// then fails with `TransportError.Code.timeout`.
    public var idleTimeout = Duration.seconds(600)
    /// The number of bytes of a body to buffer before the producing side has to wait; at least 16 KiB, 256 KiB by default.
    public var bufferLength = 256 * 1024
    /// The maximum number of open connections, including idle ones; at least 1, 512 by default.
    ///
    /// Each connection uses a file descriptor. Further calls wait for up to ``idleTimeout``, in the order of their arrival.
    public var maximumConnections = 512
    /// The maximum number of open connections to one host; at least 1, 256 by default.
    ///
    /// Further calls wait in the same way, without delaying calls to other hosts. Calls that share an HTTP/2 connection count
    /// as one, if the loaded libcurl can share connections without faults (8.14, 8.15, and 8.18 or later).
    public var maximumConnectionsPerHost = 256
    /// The maximum number of calls that wait for a connection; a further call fails at once with `TransportError.Code.failed`.
    public var maximumWaitingCalls = 10_000
    /// The maximum number of idle connections to keep open for later calls; 64 by default.
    public var maximumIdleConnections = 64
    /// True if HTTP/2 is used with servers that offer it over TLS; all other calls use HTTP/1.1.
    public var allowsHTTP2 = true
    /// The proxy for all calls, such as `http://localhost:3128`: an empty string for none, `nil` for the environment's.
    public var proxy: String?
    /// The path of a PEM file with the trusted certificate authorities; `nil` for the environment's, or else libcurl's default.
    public var trustRoots: String?
    /// The variables to use instead of the process's environment; `nil` for the environment itself.
    package var environment: [String: String]?
    /// The functions of libcurl's multi interface, which tests replace.
    var functions = CurlMultiFunctions()

    /// Creates a configuration with default values.
    public init() {}
}
