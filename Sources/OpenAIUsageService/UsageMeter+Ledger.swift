public import OpenAIUsage
public import OpenAIUsageLedger
public import OpenAIUsageMetrics
public import OpenAIUsagePricing

extension UsageMeter {
    /// Creates a meter that prices calls, keeps them in a ledger and counts them in metrics.
    ///
    /// ```swift
    /// let ledger = try Ledger(path: "usage.db")
    /// let meter = UsageMeter(ledger: ledger, metrics: UsageMetrics(build: BuildInformation(version: "1.0")))
    /// ```
    ///
    /// - Parameters:
    ///   - ledger: Where calls are kept; without one they are only counted. A ``UsageService`` closes it when the
    ///     program ends.
    ///   - metrics: Where calls are counted; they show the ledger's own figures too.
    ///   - book: What calls are priced with.
    ///   - projectsByKey: Projects by the last four characters of a key, for calls that tell none.
    ///   - clock: What tells the time.
    public convenience init(
        ledger: Ledger?,
        metrics: UsageMetrics? = nil,
        book: PriceBook = .bundled,
        projectsByKey: [String: String] = [:],
        clock: any UsageClock = SystemUsageClock()
    ) {
        let recorder = UsageRecorder(book: book, ledger: ledger, metrics: metrics)
        recorder.connect()
        var configuration = ExchangeConfiguration(
            clock: clock,
            fingerprinter: ledger.map { KeyFingerprinter(secret: $0.fingerprintSecret) },
            projectsByKey: projectsByKey,
            objects: ledger?.objects ?? ObjectRegister()
        )
        if let ledger { configuration.identities = ledger.identities }
        let change: @Sendable (Endpoint, Int64) -> Void = { recorder.changeInFlight($0, by: $1) }
        let flush: @Sendable () async -> Void = { await ledger?.flush() }
        self.init(sink: recorder, configuration: configuration, changed: metrics.map { _ in change }, flush: flush)
    }
}
