public import Logging
public import OpenAIUsage
public import OpenAIUsageLedger
public import ServiceLifecycle

/// Records interim rows while a program runs, and closes its ledger without losses when the program ends.
///
/// A call that is in flight for longer than the interval gets an interim row, so that a crash leaves it as `interrupted`. At
/// shutdown, calls that are still in flight are recorded as interrupted, all records are written, and the ledger is closed.
///
/// In a `ServiceGroup` it belongs before the services that make calls. A group shuts its services down in reverse order, so
/// the ledger is closed after the last call.
public struct UsageService: Service {
    private let meter: UsageMeter
    private let ledger: Ledger
    private let interval: Duration
    private let limit: Duration
    private let logger: Logger
    private let sleep: @Sendable (Duration) async throws -> Void

    /// Creates a service; ``run()`` waits for shutdown.
    ///
    /// - Parameters:
    ///   - meter: The meter whose records are stored.
    ///   - ledger: The ledger in which they are stored.
    ///   - interval: The age at which a call in flight gets an interim row, and the interval of the check; 250 ms by default.
    ///   - limit: The time limit for writing at shutdown; 5 seconds by default. Records not written by then are lost and
    ///     counted.
    ///   - logger: The logger for failures and recoveries of the ledger.
    ///   - sleep: Waits for a duration. It throws when the task is cancelled.
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
    /// - Throws: A ``RecordsLostError`` if records were lost.
    public func run() async throws {
        let log = LedgerLog(logger)
        ledger.observeStatus { log.tell($0) }
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                // Cancellation ends the wait like a shutdown; all records are written in both cases.
                guard (try? await sleep(interval)) != nil else { return }
                meter.recordOpenCalls(olderThan: interval)
            }
        }
        meter.endOpenCalls()
        try await ledger.closeTelling(within: limit)
    }
}
