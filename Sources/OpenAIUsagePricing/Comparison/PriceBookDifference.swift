/// The differences between two price books.
///
/// Models are compared name by name and prices day by day, so that neither the grouping of models nor the division of
/// time into periods matters.
package struct PriceBookDifference: Sendable {
    /// The changes: models in alphabetical order, then tools, then rules; changes of single projects come last.
    package private(set) var changes: [PriceChange] = []

    /// Creates the comparison of two books.
    package init(from old: PriceBook, to new: PriceBook) {
        changes = Self.changes(old, new)
        let general = changes
        for project in Set(old.projectNames).union(new.projectNames).sorted() {
            for change in Self.changes(old.book(for: project), new.book(for: project)) where !general.contains(change) {
                var change = change
                change.project = project
                changes.append(change)
            }
        }
    }

    /// Returns the discounts that a book states, as additions.
    package static func discounts(of book: PriceBook) -> [PriceChange] {
        var changes = discountChanges(DiscountLayer(), book.generalDiscounts)
        for (project, own) in book.projects.sorted(by: { $0.key < $1.key }) {
            changes += discountChanges(DiscountLayer(), own.discounts).map { change in
                var change = change
                change.project = project
                return change
            }
        }
        return changes
    }

    private static func changes(_ old: PriceBook, _ new: PriceBook) -> [PriceChange] {
        modelChanges(old, new) + toolChanges(old, new) + ruleChanges(old.rules, new.rules)
            + discountChanges(old.projectDiscounts, new.projectDiscounts)
            + discountChanges(old.generalDiscounts, new.generalDiscounts)
    }

    // MARK: Models

    private struct Pair: Hashable {
        var old: String?
        var new: String?
    }

    private static func modelChanges(_ old: PriceBook, _ new: PriceBook) -> [PriceChange] {
        var groups: [Pair: [String]] = [:]
        for name in Set(old.models.flatMap(\.names)).union(new.models.flatMap(\.names)) {
            let pair = Pair(old: old.model(listedAs: name)?.id, new: new.model(listedAs: name)?.id)
            groups[pair, default: []].append(name)
        }
        let sorted = groups.map { pair, names in
            (pair: pair, names: ordered(names, first: pair.new ?? pair.old))
        }.sorted { $0.names[0] < $1.names[0] }
        return sorted.flatMap { group -> [PriceChange] in
            let before = group.pair.old.flatMap { old.model(listedAs: $0) }
            let after = group.pair.new.flatMap { new.model(listedAs: $0) }
            let subject = PriceChange.Subject.model(group.names)
            guard let before, let after else {
                return [
                    PriceChange(
                        subject: subject,
                        item: nil,
                        days: DayInterval(),
                        old: before.map { .text($0.kind.rawValue) },
                        new: after.map { .text($0.kind.rawValue) }
                    )
                ] + (after == nil ? [] : priceChanges(subject, [], after?.periods ?? []))
            }
            var changes: [PriceChange] = []
            func compare(_ item: String, _ old: String?, _ new: String?) {
                guard old != new else { return }
                changes.append(
                    PriceChange(
                        subject: subject,
                        item: item,
                        days: DayInterval(),
                        old: old.map { .text($0) },
                        new: new.map { .text($0) }
                    )
                )
            }
            compare("kind", before.kind.rawValue, after.kind.rawValue)
            compare("shutdown", before.shutdown?.description, after.shutdown?.description)
            return changes + priceChanges(subject, before.periods, after.periods)
        }
    }

    private static func ordered(_ names: [String], first: String?) -> [String] {
        names.filter { $0 == first } + names.filter { $0 != first }.sorted()
    }

    private static func priceChanges(
        _ subject: PriceChange.Subject,
        _ old: [PricePeriod],
        _ new: [PricePeriod]
    ) -> [PriceChange] {
        changes(
            subject,
            old.map { (days: $0.days, values: $0.comparableValues) },
            new.map { (days: $0.days, values: $0.comparableValues) }
        )
    }

    // MARK: Tools and rules

    private static func toolChanges(_ old: PriceBook, _ new: PriceBook) -> [PriceChange] {
        Set(old.tools.map(\.id)).union(new.tools.map(\.id)).sorted().flatMap { id in
            changes(.tool(id), periods(old.tool(id: id)), periods(new.tool(id: id)))
        }
    }

    private static func periods(_ tool: ToolPrices?) -> [(days: DayInterval, values: [String: PriceChange.Value])] {
        (tool?.periods ?? []).map { period in
            (period.days, ["fee": .price(period.price, per: tool?.unit.rawValue ?? "")])
        }
    }

    private static func ruleChanges(_ old: PriceRules, _ new: PriceRules) -> [PriceChange] {
        let (old, new) = (old.comparableTexts, new.comparableTexts)
        return Set(old.keys).union(new.keys).sorted().compactMap { name in
            guard old[name] != new[name] else { return nil }
            return PriceChange(
                subject: .rule(name),
                item: nil,
                days: DayInterval(),
                old: old[name].map { .text($0) },
                new: new[name].map { .text($0) }
            )
        }
    }

    private static func discountChanges(_ old: DiscountLayer, _ new: DiscountLayer) -> [PriceChange] {
        func periods(_ discount: Discount?) -> [(days: DayInterval, values: [String: PriceChange.Value])] {
            (discount?.periods ?? []).map { ($0.days, ["discount": .text("x \($0.factor)")]) }
        }
        var all: [PriceChange] = changes(.rule("discount"), periods(old.all), periods(new.all))
        for name in Set(old.models.keys).union(new.models.keys).sorted() {
            all += changes(.model([name]), periods(old.models[name]), periods(new.models[name]))
        }
        for id in Set(old.tools.keys).union(new.tools.keys).sorted() {
            all += changes(.tool(id), periods(old.tools[id]), periods(new.tools[id]))
        }
        return all
    }

    // MARK: Time

    private static func changes(
        _ subject: PriceChange.Subject,
        _ old: [(days: DayInterval, values: [String: PriceChange.Value])],
        _ new: [(days: DayInterval, values: [String: PriceChange.Value])]
    ) -> [PriceChange] {
        var changes: [PriceChange] = []
        // By item, the index of its change on the preceding days, which may continue.
        var current: [String: Int] = [:]
        for days in intervals(old.map(\.days) + new.map(\.days)) {
            let before = old.first { $0.days.overlaps(days) }?.values ?? [:]
            let after = new.first { $0.days.overlaps(days) }?.values ?? [:]
            var next: [String: Int] = [:]
            for item in Set(before.keys).union(after.keys).sorted() where before[item] != after[item] {
                if let index = current[item], changes[index].old == before[item], changes[index].new == after[item] {
                    changes[index].days.last = days.last
                    next[item] = index
                } else {
                    next[item] = changes.count
                    changes.append(
                        PriceChange(
                            subject: subject,
                            item: item,
                            days: days,
                            old: before[item],
                            new: after[item]
                        )
                    )
                }
            }
            current = next
        }
        return changes
    }

    /// Returns consecutive ranges of days within which no interval starts or ends.
    private static func intervals(_ days: [DayInterval]) -> [DayInterval] {
        let starts = Set(
            days.compactMap(\.first) + days.compactMap { $0.last.map { UTCDay(number: $0.number + 1) } }
        ).sorted()
        var intervals: [DayInterval] = []
        var first: UTCDay?
        for start in starts {
            intervals.append(DayInterval(first: first, last: UTCDay(number: start.number - 1)))
            first = start
        }
        return intervals + [DayInterval(first: first, last: nil)]
    }
}
