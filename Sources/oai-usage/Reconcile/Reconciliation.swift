import OpenAIUsage
import OpenAIUsagePricing

/// The comparison of our calls with the provider's usage and costs.
///
/// It leads from our bill to the provider's in steps, each of which has a cause: tokens move to another tier or kind, calls
/// are added or taken away, and what then remains of a day's cost is a matter of prices. Every step is an integer number of
/// pico-dollars, so that the causes add up to the difference.
struct Reconciliation {
    /// The cost of a project and a model, a tool or another subject on a day.
    struct Group: Hashable {
        enum Subject: Hashable {
            case model(String)
            case tool(String)
            case other(String)
        }

        var day: Int64
        var project: String
        var subject: Subject
    }

    /// The cost of a group on both sides, and the part of the difference that is expected to disappear.
    struct Money {
        var ours: Int128 = 0
        var theirs: Int128 = 0
        var pending: Int128 = 0
    }

    /// A change that the provider made after a bucket had settled.
    struct Restatement {
        var requests: Int64 = 0
        var tokens: [Meter: Int128] = [:]
    }

    /// The settings of a comparison.
    struct Settings {
        var book: PriceBook
        /// The time that a bucket takes to settle, in seconds.
        var settling: Int64 = 3 * 86_400
        /// True if answers are compared key by key, or selected by key; costs are not compared then.
        var ignoresCosts = false
    }

    let theirs: ProviderData
    let settings: Settings
    private(set) var causes: [ReconcileCause: CauseSums] = [:]
    private(set) var money: [Group: Money] = [:]
    /// The line items that are not recognized, with their costs.
    private(set) var unrecognized: [String: Int128] = [:]
    private(set) var cells: [UsageCell: CellComparison]
    let ours: OurUsage
    private let restatements: [UsageCell: Restatement]
    /// The cost of our side after the steps of usage, by model and day.
    private var expected: [Group: [Meter: OurCell.Sum]] = [:]
    private var groupCells: [Group: [UsageCell]] = [:]
    /// The costs under names that are not understood, of a day and a project, as far as no model lacks them.
    private var unnamed: [Group: Int128] = [:]

    /// Compares both sides.
    ///
    /// - Parameters:
    ///   - ours: The ledgers' calls.
    ///   - theirs: The provider's answers.
    ///   - restatements: The changes of settled buckets.
    ///   - settings: The settings.
    init(
        _ ours: OurUsage,
        _ theirs: ProviderData,
        restatements: [UsageCell: Restatement] = [:],
        settings: Settings
    ) {
        self.ours = ours
        self.theirs = theirs
        self.restatements = restatements
        self.settings = settings
        cells = [:]
        for place in Set(ours.cells.keys).union(theirs.cells.keys) {
            cells[place] = CellComparison(
                place,
                ours.cells[place] ?? OurCell(),
                theirs.cells[place],
                isCovered: theirs.coversUsage(place) || theirs.cells[place] != nil,
                countsTokens: !place.kind.hasTokensInCosts || theirs.costDays.contains(place.day),
                hasTiers: theirs.hasTiers,
                settings.book
            )
        }
        compareUsage()
        compareCosts()
    }

    /// True if a kind's bucket may still change.
    func isPending(_ kind: ProviderKind, end: Int64) -> Bool {
        guard let fetched = theirs.fetchedAt[kind] ?? theirs.fetchedAt.values.max() else { return true }
        return fetched < end + settings.settling
    }

    // MARK: - Usage

    private mutating func compareUsage() {
        let places = cells.keys.sorted { $0.order.lexicographicallyPrecedes($1.order) }
        for place in places { cells[place]?.shift() }
        for place in places { matchNeighbors(place) }
        for place in places {
            let end = place.bucket + theirs.width(place.kind, place.bucket)
            var next = place
            next.bucket = end
            let isPending = isPending(place.kind, end: end)
            let isLast = !theirs.coversUsage(next)
            cells[place]?.attributeRest(restatements[place], isPending: isPending, isLast: isLast)
        }
        for place in places {
            guard let cell = cells[place] else { continue }
            let group = Group(day: place.day, project: place.project, subject: .model(place.model))
            var sums = money[group] ?? Money()
            sums.ours += cell.ours.picoUSD
            for (cause, change) in cell.causes {
                causes[cause, default: CauseSums()] += change
                if cause.isPending { sums.pending += change.picoUSD }
            }
            money[group] = sums
            groupCells[group, default: []].append(place)
            for (meter, sum) in cell.result { expected[group, default: [:]][meter, default: OurCell.Sum()] += sum }
        }
    }

    /// Pairs calls that the provider dates into the next bucket.
    private mutating func matchNeighbors(_ place: UsageCell) {
        var next = place
        next.bucket += theirs.width(place.kind, place.bucket)
        guard var cell = cells[place], var other = cells[next] else { return }
        CellComparison.match(&cell, &other)
        CellComparison.match(&other, &cell)
        cells[place] = cell
        cells[next] = other
    }

    // MARK: - Costs

    private mutating func compareCosts() {
        var items: [Group: [ProviderData.Cost]] = [:]
        for cost in settings.ignoresCosts ? [] : theirs.costs {
            let subject: Group.Subject
            switch cost.item.subject {
            case .model(let model, _): subject = .model(model)
            case .tool(let tool): subject = .tool(tool)
            case .unrecognized: subject = .other(cost.item.text)
            }
            let group = Group(day: cost.day, project: cost.project, subject: subject)
            items[group, default: []].append(cost)
        }
        for (cell, sum) in ours.tools {
            let group = Group(day: cell.day, project: cell.project, subject: .tool(cell.tool))
            money[group, default: Money()].ours += sum.picoUSD
        }
        for (group, list) in items {
            guard case .other = group.subject else { continue }
            unnamed[group.account, default: 0] += list.reduce(0) { $0 + $1.picoUSD }
        }
        for group in Set(money.keys).union(items.keys).sorted(by: { $0.order.lexicographicallyPrecedes($1.order) }) {
            let list = items[group] ?? []
            var sums = money[group] ?? Money()
            switch group.subject {
            case .model(let model): compareModel(group, model, list, &sums)
            case .tool(let tool): compareTool(group, tool, list, &sums)
            case .other(let text):
                sums.theirs = list.reduce(0) { $0 + $1.picoUSD }
                unrecognized[text, default: 0] += sums.theirs
                add(.unrecognized, CauseSums(picoUSD: sums.theirs))
            }
            money[group] = sums
        }
    }

    private func hasCosts(_ group: Group) -> Bool {
        !settings.ignoresCosts && theirs.costDays.contains(group.day)
    }

    private mutating func compareModel(
        _ group: Group,
        _ model: String,
        _ list: [ProviderData.Cost],
        _ sums: inout Money
    ) {
        let book = settings.book
        let meters = expected[group] ?? [:]
        let units = unitCost(group)
        guard hasCosts(group) else {
            sums.theirs = meters.values.reduce(units) { $0 + $1.picoUSD }
            return
        }
        sums.theirs = list.reduce(0) { $0 + $1.picoUSD }
        var comparison = LineItemComparison(
            meters: meters,
            unitPicoUSD: units,
            costs: list,
            namesTiers: theirs.namesTiers,
            namesContexts: theirs.namesContexts,
            tolerance: tolerance,
            isPending: isPending(.costs, end: group.day + 86_400),
            calls: calls(group),
            unitCause: unitCause(group),
            unnamed: unnamed[group.account] ?? 0,
            added: added(group)
        ) { TokenPrice($0, model: model, project: group.project, day: group.day, book) }
        comparison.run()
        unnamed[group.account] = comparison.unnamed
        for (cause, change) in comparison.causes {
            add(cause, change)
            if cause.isPending { sums.pending += change.picoUSD }
        }
    }

    private mutating func compareTool(
        _ group: Group,
        _ tool: String,
        _ list: [ProviderData.Cost],
        _ sums: inout Money
    ) {
        let cell = ToolCell(day: group.day, project: group.project, tool: tool)
        let own = ours.tools[cell]?.calls ?? 0
        guard hasCosts(group) else {
            sums.theirs = sums.ours
            return
        }
        sums.theirs = list.reduce(0) { $0 + $1.picoUSD }
        let counted = theirs.toolCalls[cell] ?? list.compactMap(\.units).reduce(0) { $0 + Int64(clamping: $1) }
        let difference = sums.theirs - sums.ours
        guard difference != 0 || counted != own else { return }
        if list.isEmpty, isPending(.costs, end: group.day + 86_400) {
            sums.pending += difference
            add(.lateUsage, CauseSums(calls: own, picoUSD: difference))
        } else if counted == own, abs(difference) <= tolerance * Int128(max(1, list.count)) {
            add(.rounding, CauseSums(picoUSD: difference))
        } else {
            add(.toolFee, CauseSums(calls: abs(counted - own), picoUSD: difference))
        }
    }

    /// Half a unit of the last decimal of the provider's amounts, at most half a cent, and the noise of a binary number.
    private var tolerance: Int128 {
        guard let decimals = theirs.decimals, decimals < 12 else { return 1_000 }
        let half = (decimals..<12).reduce(Int128(1)) { unit, _ in unit * 10 } / 2
        return min(half, 5_000_000_000) + 1_000
    }

    private func cells(of group: Group) -> [CellComparison] { (groupCells[group] ?? []).compactMap { cells[$0] } }

    private func calls(_ group: Group) -> Int64 {
        cells(of: group).reduce(0) { $0 + max($1.ours.allCalls, $1.theirs?.allRequests ?? 0) }
    }

    private func added(_ group: Group) -> [Meter: [ReconcileCause: Int128]] {
        cells(of: group).reduce(into: [:]) { sum, cell in
            sum.merge(cell.added) { $0.merging($1, uniquingKeysWith: +) }
        }
    }

    private func unitCost(_ group: Group) -> Int128 {
        cells(of: group).reduce(0) { $0 + $1.ours.unitPicoUSD }
    }

    /// The cause of a difference of the cost of units, which usage has no prices for.
    private func unitCause(_ group: Group) -> ReconcileCause? {
        var (missing, unread): (Int64, Int64) = (0, 0)
        for cell in cells(of: group) {
            guard let theirs = cell.theirs, theirs.hasRequests else { continue }
            missing += theirs.allRequests - cell.ours.allCalls
            unread += cell.ours.unread
        }
        if missing > 0 { return .notThroughUs }
        if unread > 0 { return .usageUnread }
        return missing < 0 && isPending(.costs, end: group.day + 86_400) ? .lateUsage : nil
    }

    private mutating func add(_ cause: ReconcileCause, _ change: CauseSums) {
        causes[cause, default: CauseSums()] += change
    }
}

extension UsageCell {
    /// The start of the day in seconds since 1970.
    var day: Int64 { bucket.flooredQuotient(by: 86_400) * 86_400 }

    /// A deterministic order.
    var order: [String] {
        // A positive number of as many digits sorts as text.
        [String(bucket + 1_000_000_000_000), kind.rawValue, project, model, key ?? ""]
    }

}

extension Reconciliation.Group {
    /// The costs of a day and a project under names that are not understood.
    var account: Reconciliation.Group { Reconciliation.Group(day: day, project: project, subject: .other("")) }

    /// A deterministic order.
    var order: [String] {
        switch subject {
        case .model(let name): [String(day + 1_000_000_000_000), project, "0", name]
        case .tool(let name): [String(day + 1_000_000_000_000), project, "1", name]
        case .other(let name): [String(day + 1_000_000_000_000), project, "2", name]
        }
    }
}

extension OurCell.Sum {
    static func += (left: inout OurCell.Sum, right: OurCell.Sum) {
        left.tokens += right.tokens
        left.picoUSD += right.picoUSD
    }
}

/// The price of tokens as a fraction.
struct TokenPrice {
    var picoUSD: Int128
    var tokens: Int128

    init(picoUSD: Int128, tokens: Int128) {
        self.picoUSD = picoUSD
        self.tokens = tokens
    }

    /// Creates the price of a book; zero if the book has none.
    init(_ meter: Meter, model: String, project: String, day: Int64, _ book: PriceBook) {
        let period = book.book(for: project).model(named: model)?.period(on: UTCDay(microseconds: day * 1_000_000))
        let rates = meter.isLong ? period?.longContext?.tiers[meter.tier] : period?.tiers[meter.tier]
        self.init(picoUSD: Int128(rates?[meter.item]?.picoUSD ?? 0), tokens: 1)
    }

    /// Returns the cost of a number of tokens, rounded half to even.
    func cost(_ count: Int128) -> Int128 {
        guard tokens > 0, picoUSD != 0 else { return 0 }
        return picoUSD.share(count, of: tokens)
    }
}
