/// What happens on the data plane beside calls.
enum DataPlaneEvent: String, Sendable, CaseIterable {
    /// A request was sent once more, because its pooled connection turned out to be closed.
    case replayed
    /// A request was refused, because it breaks a rule or a limit.
    case refused
    /// An upstream sent bytes that nobody had asked for, and its connection was closed.
    case strayBytes = "stray_bytes"
    /// A client was turned away, because there are as many connections as may be.
    case connectionRefused = "connection_refused"
    // Access.
    /// A request without a valid token was refused.
    case unauthorized
    /// A request was refused for the name that it calls the gateway by, or for the origin of the page that it comes from.
    case hostRefused = "host_refused"
    /// A handshake of TLS failed, or did not come in time.
    case tlsFailure = "tls_failure"
    /// A line of the log was lost, because nobody took those before it.
    case logLost = "log_lost"
    /// A line of the access log was lost, because it could not be written, or not as fast as it came.
    case accessLogLost = "access_log_lost"
}

/// The limits of the data plane, by the names of their settings.
enum DataPlaneLimit: String, Sendable, CaseIterable {
    /// The head of a request was too long: refused with 431.
    case headSize = "head-size"
    /// The head of a request had too many fields: refused with 431.
    case headFields = "head-fields"
    /// The head of a request did not come in time: refused with 408.
    case headTimeout = "head-timeout"
    /// The body of a request did not come in time: refused with 408.
    case bodyTimeout = "body-timeout"
    /// A client took nothing of its response: its connection was reset.
    case writeTimeout = "write-timeout"
    /// A connection carried no call for too long: it was closed.
    case keepAlive = "keep-alive"
    /// There were too many connections: refused with 503.
    case connections = "max-connections"
    /// There were too many connections of one address: refused with 503.
    case connectionsPerAddress = "max-connections-per-address"
    /// All connections to the upstream were busy until a call had waited for the connect timeout: refused with 503.
    case upstreamConnections = "max-upstream-connections"
    /// Too many calls waited for a connection to the upstream: refused with 503.
    case waitingCalls = "max-waiting-calls"
    /// There was no room to hold a request's body: it was sent as its client wrote it.
    case heldBodies = "held-bodies"
    /// A stream did not end soon enough behind its client: it was not read on.
    case drain
    /// A response was too long behind its client: it was not read on.
    case drainSize = "drain-size"
    /// Too many responses were read on behind their clients: this one was not.
    case drains = "max-drains"
}
