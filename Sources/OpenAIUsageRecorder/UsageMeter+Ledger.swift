public import OpenAIUsage
public import OpenAIUsageLedger
public import OpenAIUsageMetrics
public import OpenAIUsagePricing

extension UsageMeter {
    /// Creates a meter that prices calls, keeps them in a ledger, counts them in metrics and hands them to sinks.
    ///
    /// ```swift
    /// let ledger = try Ledger(path: "usage.db")
    /// let meter = UsageMeter(ledger: ledger, metrics: UsageMetrics(build: BuildInformation(version: "1.0")))
    /// ```
    ///
    /// The ledger is closed by a `UsageService`, or by `Ledger.close(within:)` at the end of the program.
    ///
    /// - Parameters:
    ///   - ledger: The ledger that keeps the calls; `nil` to keep none.
    ///   - metrics: The metrics that count them, and show the ledger's own figures; `nil` to count none.
    ///   - book: The prices.
    ///   - sinks: Sinks of the program's own. Each receives every record with its cost, on any thread: at the end of the
    ///     call or, if the record shows an object that the ledger may have counted before, when it is committed.
    ///   - projectsByKey: Projects by the last four characters of a key, for calls that name none.
    ///   - clock: The clock.
    public convenience init(
        ledger: Ledger?,
        metrics: UsageMetrics? = nil,
        book: PriceBook = .bundled,
        sinks: [any UsageSink] = [],
        projectsByKey: [String: String] = [:],
        clock: any UsageClock = SystemUsageClock()
    ) {
        let configuration = ExchangeConfiguration(
            clock: clock,
            fingerprinter: ledger.map { KeyFingerprinter(secret: $0.fingerprintSecret) },
            projectsByKey: projectsByKey,
            objects: ledger?.objects ?? BilledObjects()
        )
        self.init(ledger: ledger, metrics: metrics, book: book, sinks: sinks, configuration: configuration)
    }

    /// Creates a meter whose exchanges have a configuration of their own.
    package convenience init(
        ledger: Ledger?,
        metrics: UsageMetrics?,
        book: PriceBook,
        sinks: [any UsageSink],
        configuration: ExchangeConfiguration
    ) {
        let recorder = UsageRecorder(book: book, ledger: ledger, metrics: metrics, sinks: sinks)
        recorder.connect()
        var configuration = configuration
        if let ledger { configuration.identities = ledger.identities }
        let change: @Sendable (Endpoint, Int64) -> Void = { recorder.changeInFlight($0, by: $1) }
        let flush: @Sendable () async -> Void = { await ledger?.flush() }
        self.init(sink: recorder, configuration: configuration, changed: metrics.map { _ in change }, flush: flush)
    }
}
