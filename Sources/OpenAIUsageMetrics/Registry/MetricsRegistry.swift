import Synchronization

/// A set of metric families and their Prometheus exposition.
///
/// All changes of one update happen under one lock, so that a scrape sees a call in all families or in none. A scrape
/// copies the values under the lock, and runs collectors and encodes after releasing it.
package final class MetricsRegistry: Sendable {
    /// A source of values that are read during a scrape.
    private struct Collector: Sendable {
        let descriptors: [MetricDescriptor]
        let collect: @Sendable (inout MetricsCollection) -> Void
    }

    private struct State: Sendable {
        var editor = MetricsEditor()
        var collectors: [Collector] = []
        var sources: [@Sendable () -> [MetricFamily]] = []
    }

    private let state: Mutex<State>

    /// Creates a registry.
    ///
    /// - Parameter createdAt: Returns the time in microseconds since 1970, at which series are created; `nil` for series
    ///   without creation times.
    package init(createdAt: (@Sendable () -> Int64)? = nil) {
        var state = State()
        state.editor.createdAt = createdAt
        self.state = Mutex(state)
    }

    /// Registers a family; an invalid one is not exposed, but recorded in ``misuses``.
    @discardableResult
    package func register(_ descriptor: MetricDescriptor) -> MetricFamilyID {
        state.withLock { $0.editor.register(descriptor, startsAtZero: true) }
    }

    /// Registers families whose values are read during a scrape.
    ///
    /// The closure runs on the scraping thread, without the registry's lock.
    package func registerCollector(
        _ descriptors: [MetricDescriptor],
        collect: @escaping @Sendable (inout MetricsCollection) -> Void
    ) {
        state.withLock { state in
            var accepted: [MetricDescriptor] = []
            for descriptor in descriptors where state.editor.register(descriptor, startsAtZero: false) != .invalid {
                accepted.append(descriptor)
            }
            state.collectors.append(Collector(descriptors: accepted, collect: collect))
        }
    }

    /// Registers a source of families that change over time; their names are checked during a scrape.
    ///
    /// The closure runs on the scraping thread, without the registry's lock.
    func registerSource(_ families: @escaping @Sendable () -> [MetricFamily]) {
        state.withLock { $0.sources.append(families) }
    }

    /// Returns true if a registered family uses or reserves one of the names.
    func hasClaims(_ claims: Set<String>) -> Bool {
        state.withLock { $0.editor.hasClaims(claims) }
    }

    /// Calls a closure with mutable access to the values; it runs under the lock and must be short.
    package func update<Result>(_ body: (inout MetricsEditor) -> Result) -> Result {
        state.withLock { body(&$0.editor) }
    }

    /// The invalid uses of the registry, at most 16; empty in a correct program.
    package var misuses: [MetricsError] {
        state.withLock { $0.editor.misuses }
    }

    /// The descriptors of all registered families, sorted by name.
    package var descriptors: [MetricDescriptor] {
        state.withLock { $0.editor.families.map(\.descriptor) }.sorted { $0.name < $1.name }
    }

    /// Returns the exposition for a client's `Accept` header.
    package func exposition(accept: String?) -> (contentType: String, body: [UInt8]) {
        let negotiated = ExpositionNegotiation(accept: accept)
        return (negotiated.contentType, exposition(negotiated.format))
    }

    /// Returns the exposition in the given format.
    package func exposition(_ format: ExpositionFormat) -> [UInt8] {
        ExpositionEncoder(format: format).encode(snapshot())
    }

    /// Returns the families with values, sorted by name.
    private func snapshot() -> [MetricFamily] {
        let (own, collectors, sources) = state.withLock { ($0.editor.families, $0.collectors, $0.sources) }
        var families = own.filter { !$0.labelSets.isEmpty }
        for collector in collectors {
            var collection = MetricsCollection(collector.descriptors)
            collector.collect(&collection)
            families += collection.editor.families.filter { !$0.labelSets.isEmpty }
            let misuses = collection.editor.misuses
            if !misuses.isEmpty {
                state.withLock { state in
                    for error in misuses { state.editor.misuse(error) }
                }
            }
        }
        for source in sources {
            // A family may have been registered after the source chose its names.
            families += source().filter { !$0.labelSets.isEmpty && !hasClaims($0.descriptor.claimedNames) }
        }
        return families.sorted { $0.descriptor.name < $1.descriptor.name }
    }
}
