package import NIOCore

/// The settings of a ``Simulator``.
public struct SimulatorConfiguration: Sendable {
    /// The address to listen on, a name or an IP address.
    public var host = "127.0.0.1"
    /// The port to listen on, 0 for any that is free.
    public var port = 0
    /// The number that all content and all request ids depend on.
    public var seed: UInt64 = 1
    /// The organization that answers belong to, unless the request names one.
    public var organization = "simulated-labs-1a2b"
    /// The project that answers belong to, unless the request names one.
    public var project = "proj_Simulated0000000000001"
    /// The time that an answer takes, in milliseconds, as `openai-processing-ms` tells it.
    ///
    /// 0 answers at once. The directive `processing-ms` sets it for one answer, `delay-ms` adds time of the network.
    public var processingMilliseconds = 1...5

    /// The number of exchanges that ``Simulator/journal`` keeps.
    package var journalCapacity = 10_000
    /// The largest request body that is accepted, in bytes.
    package var maximumRequestBytes = 64 << 20
    /// The time for headers, in seconds since 1970.
    package var secondsSinceEpoch: @Sendable () -> Int = SystemClock.secondsSinceEpoch
    /// Adds handlers at the front of a connection's pipeline, for instance to terminate TLS.
    package var childChannelHook: (@Sendable (any Channel) -> EventLoopFuture<Void>)?

    /// The default settings.
    public init() {}
}
