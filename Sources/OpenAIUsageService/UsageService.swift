public import OpenAIUsage
public import OpenAIUsageLedger
public import ServiceLifecycle

/// Keeps a ledger open while a program runs, and sees to it that everything is kept when the program ends.
///
/// In a `ServiceGroup` it belongs before the services that make calls: a group ends its services from the last to the
/// first, so that the ledger is closed when nobody makes calls any more.
public struct UsageService: Service {
    private let meter: UsageMeter
    private let ledger: Ledger
    private let limit: Duration

    /// Creates a service; ``run()`` waits for the end of the program.
    ///
    /// - Parameters:
    ///   - meter: The meter whose records are kept.
    ///   - ledger: The ledger that it keeps them in.
    ///   - limit: How long the end may take; what is not kept by then is lost and counted.
    public init(meter: UsageMeter, ledger: Ledger, limit: Duration = .seconds(5)) {
        self.meter = meter
        self.ledger = ledger
        self.limit = limit
    }

    /// Waits for a graceful shutdown or for cancellation, then closes the ledger.
    public func run() async throws {
        // Cancellation ends the wait as a shutdown does; what waits to be written is written in both cases.
        try? await gracefulShutdown()
        await ledger.close(within: limit)
    }
}
