public import OpenAIUsage
public import OpenAIUsageLedger
public import OpenAIUsageMetrics
public import OpenAIUsagePricing

extension UsageMeter {
    /// Creates a meter that prices calls, stores them in a ledger, counts them in metrics and delivers them to sinks.
    ///
    /// ```swift
    /// let ledger = try Ledger(path: "usage.db")
    /// let meter = UsageMeter(ledger: ledger, metrics: UsageMetrics(build: BuildInformation(version: "1.0")))
    /// ```
    ///
    /// Close the ledger with a `UsageService`, or with `Ledger.close(within:)` at the end of the program.
    ///
    /// - Parameters:
    ///   - ledger: The ledger that stores the calls; `nil` to store none.
    ///   - metrics: The metrics that count the calls and show the ledger's own statistics; `nil` for none.
    ///   - book: The prices.
    ///   - sinks: The program's own sinks. Each receives every record with its cost, on any thread: when the call ends
    ///     or, if the ledger may have counted the record's object before, when the record is committed.
    ///   - projectsByKey: Projects by the last four characters of a key, for calls that name none; without a ledger,
    ///     keys have no fingerprints and this has no effect.
    ///   - clock: The clock for start times and durations.
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

    /// Creates a meter with a given configuration of its exchanges.
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
        self.init(
            sink: recorder,
            configuration: configuration,
            changed: metrics.map { _ in change },
            price: { $0.cost = recorder.book.cost(of: $0) },
            flush: flush
        )
    }
}
