/// An event on the data plane, besides calls.
enum DataPlaneEvent: String, Sendable, CaseIterable {
    /// A request was sent again because its pooled connection turned out to be closed.
    case replayed
    /// A request was rejected because it violates a rule or a limit.
    case refused
    /// An upstream sent unsolicited bytes, and its connection was closed.
    case strayBytes = "stray_bytes"
    /// A client's connection was rejected because of a limit on connections.
    case connectionRefused = "connection_refused"
    // Access.
    /// A request without a valid token, or with a misplaced one, was rejected.
    case unauthorized
    /// A request was rejected for the host that it names, or for the origin of its web page.
    case hostRefused = "host_refused"
    /// A TLS handshake failed or timed out.
    case tlsFailure = "tls_failure"
    /// A line of the log was lost because the queue was full.
    case logLost = "log_lost"
    /// A line of the access log was lost because it could not be written, or not fast enough.
    case accessLogLost = "access_log_lost"
}

/// The reason why a request was sent to the upstream once more.
enum UpstreamRetry: String, Sendable, CaseIterable {
    /// Its pooled connection turned out to be closed.
    case connectionClosed = "connection_closed"
    /// The upstream rejected the option for usage, and received the client's own request.
    case usageOptionRejected = "usage_option_rejected"
}

/// The limits of the data plane, by the names of their settings.
enum DataPlaneLimit: String, Sendable, CaseIterable {
    /// The head of a request was too large: rejected with 431.
    case headSize = "head-size"
    /// The head of a request had too many fields: rejected with 431.
    case headFields = "head-fields"
    /// The head of a request timed out: rejected with 408.
    case headTimeout = "head-timeout"
    /// The body of a request timed out: rejected with 408.
    case bodyTimeout = "body-timeout"
    /// A client accepted nothing of its response: its connection was reset.
    case writeTimeout = "write-timeout"
    /// A client's connection was idle for too long: closed.
    case keepAlive = "keep-alive"
    /// There were too many connections: rejected with 503.
    case connections = "max-connections"
    /// There were too many connections from one address: rejected with 503.
    case connectionsPerAddress = "max-connections-per-address"
    /// No connection to the upstream came free within the connect timeout: rejected with 503.
    case upstreamConnections = "max-upstream-connections"
    /// Too many calls waited for a connection to the upstream: rejected with 503.
    case waitingCalls = "max-waiting-calls"
    /// There was no room to buffer a request's body: sent as the client wrote it.
    case heldBodies = "held-bodies"
    /// A stream did not end within the disconnect grace: aborted.
    case drain
    /// A response exceeded its size limit after the client disconnected: aborted.
    case drainSize = "drain-size"
    /// Too many responses were being read after their clients disconnected: this one was aborted.
    case drains = "max-drains"
}
