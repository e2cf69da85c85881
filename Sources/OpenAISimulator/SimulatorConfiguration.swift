package import NIOCore

/// The settings of a ``Simulator``.
public struct SimulatorConfiguration: Sendable {
    /// The host to listen on, a name or an IP address.
    public var host = "127.0.0.1"
    /// The port to listen on; 0 for any free one.
    public var port = 0
    /// The seed of all content and all request IDs.
    public var seed: UInt64 = 1
    /// The organization in answers, unless the request names one.
    public var organization = "simulated-labs-1a2b"
    /// The project in answers, unless the request names one.
    public var project = "proj_Simulated0000000000001"
    /// The range of the processing time of answers, in milliseconds, which `openai-processing-ms` reports.
    ///
    /// 0 answers at once. The directive `processing-ms` sets it for one answer; `delay-ms` adds network time.
    public var processingMilliseconds = 1...5

    /// The maximum number of exchanges in ``Simulator/journal``.
    package var journalCapacity = 10_000
    /// The maximum size of a request's body, in bytes.
    package var maximumRequestBytes = 64 << 20
    /// The clock for headers, in seconds since 1970.
    package var secondsSinceEpoch: @Sendable () -> Int = SystemClock.secondsSinceEpoch
    /// Adds handlers at the front of a connection's pipeline, for example to terminate TLS.
    package var childChannelHook: (@Sendable (any Channel) -> EventLoopFuture<Void>)?

    /// The number of times that each target of the admin API is answered with status 429 first.
    package var adminFailures = 0
    /// The pause that those answers ask for, in milliseconds.
    package var adminRetryMilliseconds = 20
    /// The maximum number of buckets of a page of the admin API; `nil` for the API's own.
    package var adminLimit: Int?
    /// The decimals to which costs are rounded; `nil` for all.
    package var costDecimals: Int?
    /// Returns the lines of a call's cost; there is none by default.
    package var costLines: @Sendable (BilledCall) -> [BilledLine] = { _ in [] }

    /// Creates the default settings.
    public init() {}
}
