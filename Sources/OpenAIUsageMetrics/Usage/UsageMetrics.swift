public import OpenAIUsage
import Synchronization

/// A sink that counts calls in metrics for Prometheus.
///
/// Every finished record is counted once, in all families at the same moment. The number of series is bounded whatever
/// the callers send: a project or a model gets series of its own only after the provider has accepted a call with it,
/// and each family has a cap, beyond which calls are counted under `other`. Series hold no keys, no users and no content;
/// the provider's identity of a call stands only in the exemplars of OpenMetrics.
public final class UsageMetrics: UsageSink {
    private struct State: Sendable {
        var series: CallMetrics
        var rateLimits = RateLimitGauges()
    }

    /// The registry, to which a program may add families of its own.
    package let registry: MetricsRegistry
    /// The metrics that the program has of its own.
    package let application: ApplicationMetrics
    private let families: UsageMetricFamilies
    private let clock: any UsageClock
    private let state: Mutex<State>
    /// The cells of the calls that are under way, by operation: they do not change, so that no lock guards them.
    private let inFlight: [Endpoint.Operation: MetricCell]
    private let store = Mutex<(@Sendable () -> LedgerSnapshot)?>(nil)

    /// Creates the metrics of a program.
    ///
    /// - Parameters:
    ///   - build: The program's version.
    ///   - clock: The clock by which rate limits grow old.
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

    /// Counts a call that has ended.
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

    /// The text of a scrape, in the format that the client's `Accept` header asks for.
    ///
    /// The Prometheus text format 0.0.4 is the default, OpenMetrics 1.0.0 the alternative; an answer that depends on
    /// the header should say so with `Vary: Accept`.
    public func exposition(accept: String? = nil) -> (contentType: String, body: [UInt8]) {
        registry.exposition(accept: accept)
    }

    /// Counts a call as begun; ``callEnded(operation:)`` must follow.
    package func callStarted(operation: Endpoint.Operation) {
        changeInFlight(operation, by: 1)
    }

    /// Counts a call that has begun as ended.
    package func callEnded(operation: Endpoint.Operation) {
        changeInFlight(operation, by: -1)
    }

    /// Names the source of the store's figures, which is asked at every scrape; it replaces an earlier one.
    package func registerStore(_ snapshot: @escaping @Sendable () -> LedgerSnapshot) {
        store.withLock { $0 = snapshot }
    }

    /// Counts a transaction of the store.
    package func observeStoreWrite(seconds: Double) {
        registry.update { $0.observe(seconds, in: families.storeWriteDuration) }
    }

    /// Counts streams that went to the upstream without being made to tell their usage.
    ///
    /// - Parameters:
    ///   - reason: The reason, as a fixed word.
    ///   - count: How many; zero creates the series.
    package func countUsageNotAsked(reason: String, by count: Int64 = 1) {
        registry.update { $0.add(.integer(count), to: families.includeUsageNotAsked, [reason]) }
    }

    /// Counts something that happened on a gateway's connections.
    ///
    /// - Parameters:
    ///   - event: The event, as a fixed word.
    ///   - count: How often; zero creates the series.
    package func countGatewayEvent(_ event: String, by count: Int64 = 1) {
        registry.update { $0.add(.integer(count), to: families.gatewayEvents, [event]) }
    }

    /// Counts what a limit of a gateway has refused.
    ///
    /// - Parameters:
    ///   - limit: The limit, by the name of its setting.
    ///   - count: How often; zero creates the series.
    package func countGatewayLimit(_ limit: String, by count: Int64 = 1) {
        registry.update { $0.add(.integer(count), to: families.gatewayLimits, [limit]) }
    }

    /// Counts calls that wait for a connection to a gateway's upstream, in or out.
    package func changeGatewayWaitingCalls(by change: Int64) {
        registry.update { $0.add(.integer(change), to: families.gatewayWaitingCalls) }
    }

    /// Counts connections of a gateway's clients, in or out.
    package func changeGatewayConnections(by change: Int64) {
        registry.update { $0.add(.integer(change), to: families.gatewayConnections) }
    }

    /// Tells the date of the price table, as Unix time; `nil` when it is not known.
    package func setPriceTableUpdated(timestampSeconds: Double?) {
        registry.update { editor in
            editor.set(timestampSeconds.map { .double($0) }, of: editor.cell(families.priceTableUpdated))
        }
    }

    /// Names the models of the price book, whose errors are counted under their names before a call has succeeded.
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
