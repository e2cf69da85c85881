/// What the models of a public list change in a price file.
///
/// Only models whose prices the book lacks or gives differently are written, so that later versions of the book still
/// bring theirs. What differs holds from one day on; what was before remains.
package struct PriceImport: Sendable {
    /// The new text of the price file.
    package let text: String
    /// The names of the models that are written, in their alphabetical order.
    package let models: [String]

    private static let source = "LiteLLM, model_prices_and_context_window.json"

    /// Works out what to write.
    ///
    /// - Parameters:
    ///   - catalog: The list.
    ///   - book: The book that prices calls now, the price file included.
    ///   - file: The text of the price file; `nil` if there is none yet.
    ///   - day: From when on differing prices hold.
    ///   - isOnlyNew: Whether models that the book holds are left as they are.
    /// - Throws: A ``PriceBookError`` if the price file is none.
    package init(
        of catalog: LiteLLMCatalog,
        into book: PriceBook,
        file: String?,
        from day: UTCDay,
        isOnlyNew: Bool = false
    ) throws(PriceBookError) {
        var changed: [ModelPrices] = []
        var entries: [String: [LiteLLMModel]] = [:]
        for entry in catalog.models {
            // A model that is switched off, or known by another rule at the same price, needs nothing.
            if let shutdown = entry.shutdown, shutdown < day { continue }
            if let owner = book.model(listedAs: entry.name) {
                entries[owner.id, default: []].append(entry)
            } else if !Self.agrees(book.model(named: entry.name)?.period(on: day), entry) {
                changed.append(Self.newModel(entry, in: book, catalog))
            }
        }
        for (id, entries) in entries.sorted(by: { $0.key < $1.key }) where !isOnlyNew {
            guard let owner = book.model(listedAs: id) else { continue }
            changed += Self.changes(of: owner, entries, from: day)
        }
        models = changed.map(\.id).sorted()
        text = try PriceFile(file, asOf: day).adding(changed).text
    }

    /// Whether all that the list says is what the book says.
    private static func agrees(_ period: PricePeriod?, _ entry: LiteLLMModel) -> Bool {
        guard let known = period?.comparableValues else { return false }
        return entry.period.comparableValues.allSatisfy { known[$0.key] == $0.value }
    }

    private static func newModel(
        _ entry: LiteLLMModel,
        in book: PriceBook,
        _ catalog: LiteLLMCatalog
    ) -> ModelPrices {
        var names = [entry.name]
        // Answers bear the name without the provider, if that is not someone else's.
        if let bare = ModelName.withoutProvider(entry.name), book.model(named: bare) == nil,
            !catalog.models.contains(where: { $0.name != entry.name && ModelName.isForm($0.name, of: bare) })
        {
            names.append(bare)
        }
        return ModelPrices(
            id: entry.name,
            names: names,
            kind: entry.kind,
            periods: [period(of: entry, DayInterval())],
            shutdown: entry.shutdown
        )
    }

    private static func changes(
        of owner: ModelPrices,
        _ entries: [LiteLLMModel],
        from day: UTCDay
    ) -> [ModelPrices] {
        let current = owner.period(on: day)
        guard !entries.allSatisfy({ agrees(current, $0) }) else { return [] }
        // Names that the list prices alike stay together.
        var groups: [(entry: LiteLLMModel, names: [String])] = []
        for entry in entries {
            let values = entry.period.comparableValues
            if let index = groups.firstIndex(where: { $0.entry.period.comparableValues == values }) {
                groups[index].names.append(entry.name)
            } else {
                groups.append((entry, [entry.name]))
            }
        }
        // Names that the list leaves out follow the model.
        let unnamed = owner.names.filter { name in !entries.contains { $0.name == name } }
        if let index = groups.firstIndex(where: { $0.names.contains(owner.id) }) { groups[index].names += unnamed }
        let changesOwner = groups.contains { $0.names.contains(owner.id) && !agrees(current, $0.entry) }
        return groups.compactMap { entry, names in
            // What replaces the model takes all its names: those that keep their prices are written down too.
            if agrees(current, entry) { return changesOwner ? owner.renamed(id: names[0], names: names) : nil }
            return ModelPrices(
                id: names.contains(owner.id) ? owner.id : names[0],
                names: names,
                kind: owner.kind,
                periods: periods(of: owner, entry, from: day),
                shutdown: owner.shutdown ?? entry.shutdown
            )
        }
    }

    private static func periods(of owner: ModelPrices, _ entry: LiteLLMModel, from day: UTCDay) -> [PricePeriod] {
        var days = DayInterval(first: day)
        var periods: [PricePeriod] = []
        for var period in owner.periods {
            if let first = period.days.first, first > day {
                // A price that is announced for later is kept.
                days.last = min(days.last ?? first, UTCDay(number: first.number - 1))
            } else {
                let last = UTCDay(number: day.number - 1)
                period.days.last = min(period.days.last ?? last, last)
            }
            if !period.days.isReversed { periods.append(period) }
        }
        var new = period(of: entry, days)
        if let current = owner.period(on: day) {
            // What the list does not say of long context and of regions is not free: it stays, or is not known.
            new.regionalUplift = new.regionalUplift ?? current.regionalUplift
            if new.longContext == nil, let threshold = current.longContext?.threshold {
                new.longContext = PricePeriod.LongContext(threshold: threshold, tiers: [:])
            }
        }
        periods.append(new)
        return periods.sorted { ($0.days.first?.number ?? .min) < ($1.days.first?.number ?? .min) }
    }

    private static func period(of entry: LiteLLMModel, _ days: DayInterval) -> PricePeriod {
        var period = entry.period
        period.days = days
        period.sources = [source]
        period.confidence = "single_source"
        return period
    }
}

extension ModelName {
    /// Whether a name is another one, or that with providers before it.
    static func isForm(_ name: String, of other: String) -> Bool {
        name == other || withoutProvider(name) == other
    }
}
