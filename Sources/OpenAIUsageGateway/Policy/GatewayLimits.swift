/// What the data plane holds and waits for at most; each limit has an error and a metric.
public struct GatewayLimits: Sendable, Equatable {
    /// The longest head of a request or a response, in bytes.
    public var headBytes = 64 << 10
    /// The most fields of a head.
    public var headFields = 256
    /// How long the head of a request may take, in milliseconds.
    public var headMilliseconds: Int64 = 20_000
    /// How long a client may stay silent within the body of its request, in milliseconds.
    public var bodyMilliseconds: Int64 = 60_000
    /// How long a client may take nothing of its response, in milliseconds.
    public var writeMilliseconds: Int64 = 120_000
    /// How long a client's connection is kept between two calls, in milliseconds.
    public var keepAliveMilliseconds: Int64 = 120_000
    /// The most connections of clients.
    public var connections = 16_384
    /// The most connections of one address.
    public var connectionsPerAddress = 8_192
    /// The most connections to one upstream per event loop.
    ///
    /// A call has one for as long as its client is slow: with fewer than ``connections``, slow clients could keep the others
    /// from the upstream.
    public var upstreamConnections = 16_384
    /// The most calls that wait for a connection to one upstream per event loop; 0 refuses a call that finds all connections
    /// busy.
    public var waitingCalls = 10_000
    /// The most bytes of request bodies that all calls together hold in order to rewrite them, and to send them again as the
    /// client wrote them if the upstream refuses that; beyond it a call is not rewritten.
    public var heldBodyBytes = 64 << 20
    /// The most bytes that are read of a response after its client has gone.
    public var disconnectBytes = 64 << 20
    /// The most responses that are read on at once after their clients have gone.
    public var disconnects = 1_024

    /// Creates the defaults.
    public init() {}
}
