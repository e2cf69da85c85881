import Synchronization

/// A set of metric families, and the text in which Prometheus reads them.
///
/// All that one call changes is changed under one lock, so that a scrape sees a call in all families or in none. A
/// scrape copies the values under the lock, and runs the collectors and renders after it has given the lock back.
package final class MetricsRegistry: Sendable {
    /// A source of values that are read at the time of a scrape.
    private struct Collector: Sendable {
        let descriptors: [MetricDescriptor]
        let collect: @Sendable (inout MetricsCollection) -> Void
    }

    private struct State: Sendable {
        var editor = MetricsEditor()
        var collectors: [Collector] = []
        var sources: [@Sendable () -> [MetricFamily]] = []
    }

    private let state = Mutex(State())

    package init() {}

    /// Registers a family; one that cannot be registered is not exposed, and shows in ``misuses``.
    @discardableResult
    package func register(_ descriptor: MetricDescriptor) -> MetricFamilyID {
        state.withLock { $0.editor.register(descriptor, startsAtZero: true) }
    }

    /// Registers families whose values are read at the time of a scrape.
    ///
    /// The closure is called on the thread of the scrape, without the registry's lock.
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

    /// Registers a source of families that come and go, with names that are checked at the time of a scrape.
    ///
    /// The closure is called on the thread of the scrape, without the registry's lock.
    func registerSource(_ families: @escaping @Sendable () -> [MetricFamily]) {
        state.withLock { $0.sources.append(families) }
    }

    /// Whether a registered family has one of the names, or keeps it back.
    func hasClaims(_ claims: Set<String>) -> Bool {
        state.withLock { $0.editor.hasClaims(claims) }
    }

    /// Changes values under the lock; what the closure does must be short.
    package func update<Result>(_ body: (inout MetricsEditor) -> Result) -> Result {
        state.withLock { body(&$0.editor) }
    }

    /// The mistakes that were made in the use of the registry, at most 16; empty in a correct program.
    package var misuses: [MetricsError] {
        state.withLock { $0.editor.misuses }
    }

    /// All registered families, sorted by name.
    package var descriptors: [MetricDescriptor] {
        state.withLock { $0.editor.families.map(\.descriptor) }.sorted { $0.name < $1.name }
    }

    /// The text for a client that sent the given `Accept` header.
    package func exposition(accept: String?) -> (contentType: String, body: [UInt8]) {
        let negotiated = ExpositionNegotiation(accept: accept)
        return (negotiated.contentType, exposition(negotiated.format))
    }

    /// The text in the given format.
    package func exposition(_ format: ExpositionFormat) -> [UInt8] {
        ExpositionEncoder(format: format).encode(snapshot())
    }

    /// The families that have values, sorted by name.
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
            // A family may have been registered since the source has chosen its names.
            families += source().filter { !$0.labelSets.isEmpty && !hasClaims($0.descriptor.claimedNames) }
        }
        return families.sorted { $0.descriptor.name < $1.descriptor.name }
    }
}
