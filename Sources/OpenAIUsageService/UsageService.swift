public import Logging
public import OpenAIUsage
public import OpenAIUsageLedger
public import ServiceLifecycle

/// Keeps a ledger while a program runs, and sees to it that nothing is missing when the program ends.
///
/// While it runs, calls that are under way for long have an interim row, so that a crash leaves them as
/// `interrupted`. When it ends, calls that are still under way are recorded as interrupted, everything is
/// written, and the ledger is closed.
///
/// In a `ServiceGroup` it belongs before the services that make calls: a group ends its services from the last to the
/// first, so that the ledger is closed when nobody makes calls any more.
public struct UsageService: Service {
    private let meter: UsageMeter
    private let ledger: Ledger
    private let interval: Duration
    private let limit: Duration
    private let logger: Logger
    private let sleep: @Sendable (Duration) async throws -> Void

    /// Creates a service; ``run()`` waits for the end of the program.
    ///
    /// - Parameters:
    ///   - meter: The meter whose records are kept.
    ///   - ledger: The ledger that it keeps them in.
    ///   - interval: How long a call is under way before it has an interim row, and how often that is looked at.
    ///   - limit: How long the end may take; what is not kept by then is lost and counted.
    ///   - logger: Where it is told that the ledger fails, that it is written again, and what the end has lost.
    ///   - sleep: How to wait; it throws when the task is cancelled.
    public init(
        meter: UsageMeter,
        ledger: Ledger,
        interval: Duration = .milliseconds(250),
        limit: Duration = .seconds(5),
        logger: Logger = Logger(label: "oai-usage.ledger"),
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.meter = meter
        self.ledger = ledger
        self.interval = interval
        self.limit = limit
        self.logger = logger
        self.sleep = sleep
    }

    /// Waits for a graceful shutdown or for cancellation, then closes the ledger.
    ///
    /// - Throws: A ``RecordsLostError`` if the end has lost records.
    public func run() async throws {
        let log = LedgerLog(logger)
        ledger.observeStatus { log.tell($0) }
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                // Cancellation ends the wait as a shutdown does; what is to be written is written in both cases.
                guard (try? await sleep(interval)) != nil else { return }
                meter.recordOpenCalls(olderThan: interval)
            }
        }
        meter.endOpenCalls()
        try await ledger.closeTelling(within: limit)
    }
}
