/// How a ``CurlTransport`` connects, and how long it waits.
///
/// Proxies are those of the environment (`http_proxy`, `https_proxy`, `all_proxy`, `no_proxy`), and so are the certificate
/// authorities (`CURL_CA_BUNDLE`, `SSL_CERT_FILE`, `SSL_CERT_DIR`), unless they are set here. The environment is read when
/// the transport is created.
public struct CurlTransportConfiguration: Sendable {
    /// The longest that a connection may take, with the look-up of its name and its encryption.
    public var connectTimeout = Duration.seconds(10)
    /// The longest that a call may stand still.
    ///
    /// It stands still while no byte moves and the other side is the one that is waited for, and while it waits for a
    /// connection.
    public var idleTimeout = Duration.seconds(600)
    /// How many bytes of a body wait on this side before the other one is made to wait; at least 16 KiB.
    public var bufferLength = 256 * 1024
    /// The most connections that are open at once, idle ones included; at least 1.
    ///
    /// Each takes a descriptor. A call beyond it waits for up to ``idleTimeout``, in the order in which calls came.
    public var maximumConnections = 512
    /// The most connections to one host that are open at once; at least 1.
    ///
    /// Calls beyond it wait likewise, and hold up no call to another host. Calls that share a connection of HTTP/2 count as
    /// one, if the libcurl that is loaded lets them share connections soundly (8.14, 8.15, and from 8.18 on).
    public var maximumConnectionsPerHost = 256
    /// The most calls that wait for a connection; one more fails at once with `TransportError.Code.failed`.
    public var maximumWaitingCalls = 10_000
    /// The most connections that are kept open for calls to come.
    public var maximumIdleConnections = 64
    /// Whether HTTP/2 is spoken with servers that offer it; else, and without encryption, it is HTTP/1.1.
    public var allowsHTTP2 = true
    /// A proxy for all calls, such as `http://localhost:3128`, an empty text for none, `nil` for the environment's.
    public var proxy: String?
    /// A file of the certificate authorities that are trusted, in PEM; `nil` for the environment's, or else libcurl's own.
    public var trustRoots: String?
    /// The variables that take the place of the process's environment; `nil` for the environment itself.
    package var environment: [String: String]?
    /// The functions of libcurl, which tests replace.
    var functions = CurlMultiFunctions()

    /// Creates the usual configuration.
    public init() {}
}
