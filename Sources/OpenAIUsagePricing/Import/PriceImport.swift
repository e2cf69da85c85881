/// The changes that importing a public price list makes to a price file.
///
/// Only models whose prices are missing from the book or differ from it are written, so that later versions of the book
/// still supply the rest. Differing prices apply from a given day; earlier prices remain.
package struct PriceImport: Sendable {
    /// The new text of the price file.
    package let text: String
    /// The ids of the models that are written, sorted.
    package let models: [String]

    private static let source = "LiteLLM, model_prices_and_context_window.json"

    /// Creates the changes for an import.
    ///
    /// - Parameters:
    ///   - catalog: The list.
    ///   - book: The book that currently prices calls, including the price file.
    ///   - file: The text of the price file; `nil` if it does not exist.
    ///   - day: The day from which differing prices apply.
    ///   - isOnlyNew: True to leave models that the book lists unchanged.
    /// - Throws: A ``PriceBookError`` if the price file is invalid.
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
            // Skip models that are retired, or that a name rule resolves to the same price.
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

    /// Returns true if the book agrees with everything that the list states.
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
        // Responses name the model without its provider; add that name unless it belongs to another model.
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
        // Names with equal prices in the list stay together.
        var groups: [(entry: LiteLLMModel, names: [String])] = []
        for entry in entries {
            let values = entry.period.comparableValues
            if let index = groups.firstIndex(where: { $0.entry.period.comparableValues == values }) {
                groups[index].names.append(entry.name)
            } else {
                groups.append((entry, [entry.name]))
            }
        }
        // Names missing from the list follow the model.
        let unnamed = owner.names.filter { name in !entries.contains { $0.name == name } }
        if let index = groups.firstIndex(where: { $0.names.contains(owner.id) }) { groups[index].names += unnamed }
        let changesOwner = groups.contains { $0.names.contains(owner.id) && !agrees(current, $0.entry) }
        return groups.compactMap { entry, names in
            // The replacement claims all names of the model: those that keep their prices must be written too.
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
                // Preserve prices announced for later.
                days.last = min(days.last ?? first, UTCDay(number: first.number - 1))
            } else {
                let last = UTCDay(number: day.number - 1)
                period.days.last = min(period.days.last ?? last, last)
            }
            if !period.days.isReversed { periods.append(period) }
        }
        var new = period(of: entry, days)
        if let current = owner.period(on: day) {
            // Long-context and regional prices that the list omits are not free: the uplift is preserved, and long
            // context has no price.
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
    /// Returns true if a name equals another one, with or without provider prefixes.
    static func isForm(_ name: String, of other: String) -> Bool {
        name == other || withoutProvider(name) == other
    }
}
