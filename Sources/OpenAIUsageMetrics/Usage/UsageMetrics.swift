public import OpenAIUsage
import Synchronization

/// A usage sink that exposes calls as Prometheus metrics.
///
/// Every finished record is counted once, in all families atomically. The number of series is limited regardless of
/// what callers send: a project or model gets series of its own only after the provider has accepted a call with it,
/// and each family has a cap, beyond which calls are counted under `other`. Series contain no keys, users or content;
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
    public init(build: BuildInformation, clock: any UsageClock = SystemUsageClock()) {
        let registry = MetricsRegistry()
        let families = UsageMetricFamilies(registry)
        let series = registry.update { editor in
            let labels = [build.version, build.revision ?? "", BuildInformation.swiftVersion].map(LabelValue.clean)
            editor.set(.integer(1), of: editor.cell(families.buildInfo, labels))
            return CallMetrics(families, in: &editor)
        }
        self.registry = registry
        self.application = ApplicationMetrics(registry)
        self.families = families
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
    public func record(_ record: CallRecord) {
        let call = CallSample(record)
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

    /// Returns the exposition in the format negotiated by a client's `Accept` header.
    ///
    /// The default is the Prometheus text format 0.0.4, the alternative OpenMetrics 1.0.0. Since the response depends
    /// on the header, send `Vary: Accept` with it.
    public func exposition(accept: String? = nil) -> (contentType: String, body: [UInt8]) {
        registry.exposition(accept: accept)
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
        registry.update { $0.observe(seconds, in: families.storeWriteDuration) }
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

    /// Sets the date of the price table, as Unix time; `nil` if it is unknown.
    package func setPriceTableUpdated(timestampSeconds: Double?) {
        registry.update { editor in
            editor.set(timestampSeconds.map { .double($0) }, of: editor.cell(families.priceTableUpdated))
        }
    }

    /// Sets the predicate for models in the price book, whose errors are counted under their names even before a call
    /// succeeded.
    package func setListedModels(_ isListed: @escaping @Sendable (String) -> Bool) {
        state.withLock { $0.series.setListedModels(isListed) }
    }

    private func changeInFlight(_ operation: Endpoint.Operation, by change: Int64) {
        registry.update { editor in
            let cell = inFlight[operation] ?? editor.cell(families.requestsInFlight, [operation.label])
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
