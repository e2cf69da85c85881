import OpenAIUsage

/// The limits of the data plane; each has an error and a metric.
public struct GatewayLimits: Sendable, Equatable {
    /// The maximum size of the head of a request or a response, in bytes.
    public var headBytes = 64 << 10
    /// The maximum number of fields in a head.
    public var headFields = 256
    /// The timeout for the head of a request and for a TLS handshake; 20 seconds by default.
    public var headTimeout: Duration {
        get { .milliseconds(headMilliseconds) }
        set { headMilliseconds = newValue.milliseconds }
    }
    package var headMilliseconds: Int64 = 20_000
    /// The longest silence of a client within the body of its request; 60 seconds by default.
    public var bodyTimeout: Duration {
        get { .milliseconds(bodyMilliseconds) }
        set { bodyMilliseconds = newValue.milliseconds }
    }
    package var bodyMilliseconds: Int64 = 60_000
    /// The longest time for which a client accepts nothing of its response; 2 minutes by default.
    public var writeTimeout: Duration {
        get { .milliseconds(writeMilliseconds) }
        set { writeMilliseconds = newValue.milliseconds }
    }
    package var writeMilliseconds: Int64 = 120_000
    /// The time after which a client's idle connection is closed; 2 minutes by default.
    public var keepAlive: Duration {
        get { .milliseconds(keepAliveMilliseconds) }
        set { keepAliveMilliseconds = newValue.milliseconds }
    }
    package var keepAliveMilliseconds: Int64 = 120_000
    /// The maximum number of client connections.
    public var connections = 16_384
    /// The maximum number of client connections from one address.
    public var connectionsPerAddress = 8_192
    /// The maximum number of connections to one upstream per event loop.
    ///
    /// A call occupies one for as long as its client is slow: with fewer than ``connections``, slow clients could starve the
    /// others.
    public var upstreamConnections = 16_384
    /// The maximum number of calls per event loop that wait for a connection to one upstream.
    ///
    /// With 0, a call that finds all connections busy is rejected.
    public var waitingCalls = 10_000
    /// The maximum size of the buffered request bodies of all calls together, in bytes.
    ///
    /// Bodies are buffered to be rewritten, to be sent again as the client wrote them if the upstream rejects that, and to be
    /// replayed. Beyond the limit, a call is neither rewritten nor replayed.
    public var heldBodyBytes = 64 << 20
    /// The maximum number of bytes read from a response after its client disconnected.
    public var disconnectBytes = 64 << 20
    /// The maximum number of responses per event loop that are read at once after their clients disconnected.
    public var disconnects = 1_024

    /// Creates the default limits.
    public init() {}
}

extension Duration {
    /// The milliseconds, rounded up, so that the shortest time is not none; from 0 to some 30 years.
    var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        let whole = Int128(seconds) * 1_000_000_000_000_000_000 + Int128(attoseconds)
        let (milliseconds, rest) = whole.quotientAndRemainder(dividingBy: 1_000_000_000_000_000)
        return Int64(clamping: min(max(0, milliseconds + (rest > 0 ? 1 : 0)), 1_000_000_000_000))
    }
}
