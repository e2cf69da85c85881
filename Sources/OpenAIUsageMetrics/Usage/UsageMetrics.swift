public import OpenAIUsage
import Synchronization

/// A usage sink that exposes calls as Prometheus metrics.
///
/// Every finished record is counted once, in all families atomically. The number of series is limited regardless of what
/// callers send: a model gets series of its own only after the provider has accepted a call with it, and so do all but some
/// projects. Each family has a cap, beyond which calls are counted under `other`. Series contain no keys, users or content;
/// the provider's request ID appears only in OpenMetrics exemplars.
public final class UsageMetrics: UsageSink {
    private struct State: Sendable {
        var series: CallMetrics
        var rateLimits = RateLimitGauges()
    }

    /// The registry, to which a program may add families.
    package let registry: MetricsRegistry
    /// The application's own metrics.
    package let application: ApplicationMetrics
    private let families: UsageMetricFamilies
    private let limits: MetricsLimits
    private let clock: any UsageClock
    private let state: Mutex<State>
    /// The in-flight cells by operation; immutable, so that no lock is needed.
    private let inFlight: [Endpoint.Operation: MetricCell]
    private let store = Mutex<(@Sendable () -> LedgerSnapshot)?>(nil)

    /// Creates the metrics of a program.
    ///
    /// - Parameters:
    ///   - build: The program's version.
    ///   - clock: The clock that expires rate limits.
    ///   - limits: The limits of the number of series, and the families that are opted into.
    public init(
        build: BuildInformation,
        clock: any UsageClock = SystemUsageClock(),
        limits: MetricsLimits = MetricsLimits()
    ) {
        let createdAt: @Sendable () -> Int64 = { clock.wallMicroseconds }
        let registry = MetricsRegistry(createdAt: limits.includesCreationTimes ? createdAt : nil)
        let families = UsageMetricFamilies(registry, limits)
        let series = registry.update { editor in
            let labels = [build.version, build.revision ?? "", BuildInformation.swiftVersion].map(LabelValue.clean)
            editor.set(.integer(1), of: editor.cell(families.buildInfo, labels))
            return CallMetrics(families, limits, in: &editor)
        }
        self.registry = registry
        self.application = ApplicationMetrics(registry)
        registry.update { editor in
            for result in ["answered", "rejected"] { editor.add(.integer(0), to: families.scrapes, [result]) }
        }
        self.families = families
        self.limits = limits
        self.clock = clock
        self.inFlight = series.inFlight
        self.state = Mutex(State(series: series))
        registry.registerCollector(RateLimitGauges.descriptors) { [weak self] in self?.collectRateLimits(into: &$0) }
        registry.registerCollector(LedgerMetrics.descriptors) { [weak self] in self?.collectStore(into: &$0) }
        #if os(Linux)
        registry.registerCollector(ProcessCollector.descriptors, collect: ProcessCollector.collect)
        #endif
    }

    /// Counts a finished call.
    public func record(_ record: CallRecord) { self.record(record, cacheSavings: nil) }

    /// Counts a finished call.
    ///
    /// - Parameters:
    ///   - record: The record.
    ///   - cacheSavings: What its cached input would have cost more without the cache, in pico-dollars; `nil` if unknown.
    package func record(_ record: borrowing CallRecord, cacheSavings: Int64?) {
        let call = CallSample(record, cacheSavings: cacheSavings)
        let now = record.rateLimits == nil ? 0 : clock.wallMicroseconds
        state.withLock { state in
            registry.update { editor in
                let labels = state.series.count(record, call, in: &editor)
                guard let limits = record.rateLimits, let labels else { return }
                let isShown = state.rateLimits.note(
                    limits,
                    project: labels.project,
                    model: labels.model,
                    observedAt: call.headersReadAt,
                    now: now
                )
                if !isShown { state.series.countHiddenRateLimits(in: &editor) }
            }
        }
    }

    /// Counts a client that left while its call goes on: its disconnect, and the time that it waited.
    ///
    /// The call's final record must have ``CallRecord/isDisconnectCounted`` set.
    package func recordDisconnect(_ record: CallRecord) {
        var record = record
        record.outcome = .clientDisconnected
        let call = CallSample(record)
        state.withLock { state in registry.update { state.series.countDisconnect(record, call, in: &$0) } }
    }

    /// Creates the series of labels that an earlier process has counted calls under, with value 0.
    ///
    /// Prometheus' `increase` does not see the first increment of a series that did not exist before.
    package func createSeries(_ births: [CallSeriesBirth]) {
        state.withLock { state in registry.update { state.series.create(births, in: &$0) } }
    }

    /// Returns the exposition in the format negotiated by a client's `Accept` header.
    ///
    /// The default is the Prometheus text format 0.0.4, the alternative OpenMetrics 1.0.0. Since the response depends
    /// on the header, send `Vary: Accept` with it.
    public func exposition(accept: String? = nil) -> (contentType: String, body: [UInt8]) {
        registry.exposition(accept: accept)
    }

    /// Returns the response to a scrape, and counts it.
    ///
    /// - Parameters:
    ///   - accept: The request's `Accept` header.
    ///   - acceptEncoding: The request's `Accept-Encoding` header.
    /// - Returns: The text with its type and coding.
    package func scrape(accept: String?, acceptEncoding: String) -> MetricsScrape {
        let start = clock.monotonicNanoseconds
        let (contentType, body) = registry.exposition(accept: accept)
        let seconds = Double(max(0, clock.monotonicNanoseconds - start)) / 1e9
        let count = body.withUnsafeBufferPointer { ExpositionEncoder.seriesCount($0) }
        registry.update { editor in
            editor.add(.integer(1), to: families.scrapes, ["answered"])
            editor.set(.double(seconds), of: editor.cell(families.scrapeDuration))
            editor.set(.integer(Int64(count)), of: editor.cell(families.series))
        }
        return MetricsScrape(contentType: contentType, body: body, acceptEncoding: acceptEncoding)
    }

    /// The limit of scrapes at once.
    package let gate = ScrapeGate()

    /// Counts a scrape that was rejected because others were being answered.
    package func countRejectedScrape() {
        registry.update { $0.add(.integer(1), to: families.scrapes, ["rejected"]) }
    }

    /// Increments the calls in flight; must be followed by ``callEnded(operation:)``.
    package func callStarted(operation: Endpoint.Operation) {
        changeInFlight(operation, by: 1)
    }

    /// Decrements the calls in flight.
    package func callEnded(operation: Endpoint.Operation) {
        changeInFlight(operation, by: -1)
    }

    /// Sets the source of the ledger's state, which is called during every scrape; replaces an earlier source.
    package func registerLedger(_ snapshot: @escaping @Sendable () -> LedgerSnapshot) {
        store.withLock { $0 = snapshot }
    }

    /// Records the duration of a transaction of the ledger.
    package func observeLedgerWrite(seconds: Double) {
        registry.update { $0.observe(seconds, in: families.ledgerWriteDuration) }
    }

    /// Counts streams forwarded without a request for usage.
    ///
    /// - Parameters:
    ///   - reason: The reason, from a fixed set of words.
    ///   - count: The increment; zero creates the series.
    package func countUsageNotAsked(reason: String, by count: Int64 = 1) {
        registry.update { $0.add(.integer(count), to: families.includeUsageNotAsked, [reason]) }
    }

    /// Counts an event on a gateway's connections.
    ///
    /// - Parameters:
    ///   - event: The event, from a fixed set of words.
    ///   - count: The increment; zero creates the series.
    package func countGatewayEvent(_ event: String, by count: Int64 = 1) {
        registry.update { $0.add(.integer(count), to: families.gatewayEvents, [event]) }
    }

    /// Counts how often a gateway's limit was reached.
    ///
    /// - Parameters:
    ///   - limit: The name of the limit's setting.
    ///   - count: The increment; zero creates the series.
    package func countGatewayLimit(_ limit: String, by count: Int64 = 1) {
        registry.update { $0.add(.integer(count), to: families.gatewayLimits, [limit]) }
    }

    /// Changes the number of calls that wait for a connection to the upstream.
    package func changeGatewayWaitingCalls(by change: Int64) {
        registry.update { $0.add(.integer(change), to: families.gatewayWaitingCalls) }
    }

    /// Changes the number of open client connections of a gateway.
    package func changeGatewayConnections(by change: Int64) {
        registry.update { $0.add(.integer(change), to: families.gatewayConnections) }
    }

    /// Changes the number of calls whose client has left, and whose response is read on.
    package func changeGatewayCallsAfterDisconnect(by change: Int64) {
        registry.update { $0.add(.integer(change), to: families.gatewayCallsAfterDisconnect) }
    }

    /// Counts requests that a gateway sent to the upstream once more.
    ///
    /// - Parameters:
    ///   - reason: The reason, from a fixed set of words.
    ///   - count: The increment; zero creates the series.
    package func countUpstreamRetry(reason: String, by count: Int64 = 1) {
        registry.update { $0.add(.integer(count), to: families.upstreamRetries, [reason]) }
    }

    /// Counts a reload of the configuration, or notes that it was read at the start.
    ///
    /// - Parameters:
    ///   - isSuccessful: True if the new configuration is in use.
    ///   - isStart: True at the start, which is not a reload.
    package func countConfigurationReload(isSuccessful: Bool, isStart: Bool = false) {
        let now = Double(clock.wallMicroseconds / 1_000_000)
        registry.update { editor in
            for result in ["success", "failure"] {
                let isIt = !isStart && (result == "success") == isSuccessful
                editor.add(.integer(isIt ? 1 : 0), to: families.configReloads, [result])
            }
            editor.set(.integer(isSuccessful ? 1 : 0), of: editor.cell(families.configLastReload))
            if isSuccessful { editor.set(.double(now), of: editor.cell(families.configLastSuccess)) }
        }
    }

    /// Sets the source of the budgets' state, which is called during every scrape.
    package func registerBudgets(_ budgets: @escaping @Sendable () -> [BudgetGauge]) {
        registry.registerCollector(BudgetGauge.descriptors) { collection in
            for budget in budgets() { budget.collect(into: &collection) }
        }
    }

    /// Sets the source of the last reconciliation, which is called during every scrape; `nil` if there was none.
    package func registerReconciliation(_ last: @escaping @Sendable () -> ReconciliationGauge?) {
        let maximum = min(max(1, limits.projects), 1_000)
        registry.registerCollector(ReconciliationGauge.descriptors) { collection in
            last()?.collect(into: &collection, maximumProjects: maximum)
        }
    }

    /// Sets the date of the price book, as Unix time; `nil` if it is unknown.
    package func setPriceBookUpdated(timestampSeconds: Double?) {
        registry.update { editor in
            editor.set(timestampSeconds.map { .double($0) }, of: editor.cell(families.priceBookUpdated))
        }
    }

    /// Sets the predicate for models in the price book, whose errors are counted under their names even before a call
    /// succeeded.
    package func setListedModels(_ isListed: @escaping @Sendable (String) -> Bool) {
        state.withLock { $0.series.setListedModels(isListed) }
    }

    private func changeInFlight(_ operation: Endpoint.Operation, by change: Int64) {
        registry.update { editor in
            let cell = inFlight[operation] ?? editor.cell(families.callsInFlight, [operation.label])
            editor.add(.integer(change), to: cell)
        }
    }

    private func collectRateLimits(into collection: inout MetricsCollection) {
        let now = clock.wallMicroseconds
        let board = state.withLock { state in
            state.rateLimits.removeStale(now: now)
            return state.rateLimits
        }
        board.collect(into: &collection)
    }

    private func collectStore(into collection: inout MetricsCollection) {
        guard let snapshot = store.withLock({ $0 }) else { return }
        LedgerMetrics.collect(snapshot(), into: &collection)
    }
}
