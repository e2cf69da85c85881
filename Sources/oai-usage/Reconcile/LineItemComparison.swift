import OpenAIUsage
import OpenAIUsagePricing

/// The comparison of a model's costs of a day, after its tokens have been compared.
struct LineItemComparison {
    /// Tokens and their cost by our prices.
    var meters: [Meter: OurCell.Sum]
    /// The cost of units other than tokens by our prices.
    var unitPicoUSD: Int128
    var costs: [ProviderData.Cost]
    var namesTiers: Bool
    var namesContexts: Bool
    /// The difference of one amount that is rounding.
    var tolerance: Int128
    /// True if the costs may still change.
    var isPending: Bool
    /// The calls of the model on that day.
    var calls: Int64
    /// The cause of a difference of the cost of units; `nil` if only the price can be.
    var unitCause: ReconcileCause?
    /// The tokens of the meters that are none of ours, by the cause that added them.
    var added: [Meter: [ReconcileCause: Int128]]
    /// The costs of the day and the project under names that are not understood.
    private(set) var unnamed: Int128
    /// Returns the book's price.
    var price: (Meter) -> TokenPrice

    private(set) var causes: [ReconcileCause: CauseSums] = [:]

    /// The subject of a line item, as far as the provider's names tell it.
    private struct Scope: Hashable {
        var item: PriceItem
        var tier: String?
        var isLong: Bool?

        var order: (UInt8, String, Int) { (item.rawValue, tier ?? "", isLong == true ? 1 : 0) }
    }

    init(
        meters: [Meter: OurCell.Sum],
        unitPicoUSD: Int128,
        costs: [ProviderData.Cost],
        namesTiers: Bool,
        namesContexts: Bool,
        tolerance: Int128,
        isPending: Bool,
        calls: Int64,
        unitCause: ReconcileCause?,
        unnamed: Int128,
        added: [Meter: [ReconcileCause: Int128]],
        price: @escaping (Meter) -> TokenPrice
    ) {
        self.meters = meters
        self.unitPicoUSD = unitPicoUSD
        self.costs = costs
        self.namesTiers = namesTiers
        self.namesContexts = namesContexts
        self.tolerance = tolerance
        self.isPending = isPending
        self.calls = calls
        self.unitCause = unitCause
        self.unnamed = unnamed
        self.added = added
        self.price = price
    }

    /// Attributes the difference of the costs.
    mutating func run() {
        var items: [Scope: [ProviderData.Cost]] = [:]
        var others: [ProviderData.Cost] = []
        for cost in costs {
            if case .model(_, let item?) = cost.item.subject, cost.tokens != nil || cost.units == nil {
                items[scope(item, tier: cost.item.tier ?? "default", isLong: cost.item.isLong ?? false), default: []]
                    .append(cost)
            } else {
                others.append(cost)
            }
        }
        if namesContexts { matchContexts(items) }
        guard others.isEmpty || !items.isEmpty || meters.isEmpty else {
            // One item for all that the model cost.
            let ours = meters.values.reduce(unitPicoUSD) { $0 + $1.picoUSD }
            let theirs = others.reduce(0) { $0 + $1.picoUSD }
            judge(theirs - ours, count: others.count, tokens: tokens)
            return
        }
        let scopes = Set(items.keys).union(meters.keys.map { scope($0.item, tier: $0.tier, isLong: $0.isLong) })
        for scope in scopes.sorted(by: { $0.order < $1.order }) { compare(scope, items[scope] ?? []) }
        compareUnits(others)
    }

    private var tokens: Int128 { meters.values.reduce(0) { $0 + $1.tokens } }

    private func scope(_ item: PriceItem, tier: String, isLong: Bool) -> Scope {
        Scope(item: item, tier: namesTiers ? tier : nil, isLong: namesContexts ? isLong : nil)
    }

    // MARK: - Contexts

    /// Moves tokens to the context under which the provider bills them.
    private mutating func matchContexts(_ items: [Scope: [ProviderData.Cost]]) {
        for scope in Set(meters.keys.map { scope($0.item, tier: $0.tier, isLong: true) }) {
            let quantity = items[scope]?.reduce(Int128(0)) { $0 + ($1.tokens ?? 0) } ?? 0
            let own = meters.filter { contains(scope, $0.key) }
            let difference = quantity - own.values.reduce(0) { $0 + $1.tokens }
            var other = scope
            other.isLong = difference < 0
            // What the other context lacks bounds what can have moved.
            let billed =
                items[Scope(item: scope.item, tier: scope.tier, isLong: false)]?
                .reduce(Int128(0)) { $0 + ($1.tokens ?? 0) } ?? 0
            let short = meters.filter { contains(Scope(item: scope.item, tier: scope.tier, isLong: false), $0.key) }
                .values.reduce(Int128(0)) { $0 + $1.tokens }
            let count = difference > 0 ? min(difference, short - billed) : min(-difference, billed - short)
            if count > 0 { moveContext(count, scope, toLong: difference > 0) }
        }
    }

    private mutating func moveContext(_ count: Int128, _ scope: Scope, toLong: Bool) {
        var rest = count
        let sources = meters.keys.filter { meter in
            meter.item == scope.item && meter.isLong != toLong && (scope.tier == nil || meter.tier == scope.tier)
        }
        for source in sources.sorted() {
            guard let sum = meters[source], sum.tokens > 0, rest > 0 else { continue }
            let portion = min(rest, sum.tokens)
            rest -= portion
            let cost = TokenPrice(picoUSD: sum.picoUSD, tokens: sum.tokens).cost(portion)
            meters[source] = OurCell.Sum(tokens: sum.tokens - portion, picoUSD: sum.picoUSD - cost)
            let goal = Meter(tier: source.tier, item: source.item, isLong: toLong)
            let next = price(goal).cost(portion)
            meters[goal, default: OurCell.Sum()] += OurCell.Sum(tokens: portion, picoUSD: next)
            // The context of calls that are none of ours was not known, and is not a difference from ours.
            var own = portion
            var change = next - cost
            for (cause, tokens) in toLong
                ? (added[source] ?? [:]).sorted(by: { $0.key.rawValue < $1.key.rawValue }) : []
            {
                let part = min(own, tokens)
                let share = part == own ? change : change.share(part, of: own)
                guard part > 0 else { continue }
                add(cause, CauseSums(picoUSD: share))
                (own, change) = (own - part, change - share)
            }
            if own > 0 { addOnce(.longContext, CauseSums(tokens: own, picoUSD: change)) }
        }
    }

    // MARK: - Prices

    private func contains(_ scope: Scope, _ meter: Meter) -> Bool {
        meter.item == scope.item && (scope.tier == nil || scope.tier == meter.tier)
            && (scope.isLong == nil || scope.isLong == meter.isLong)
    }

    private mutating func compare(_ scope: Scope, _ list: [ProviderData.Cost]) {
        let own = meters.filter { contains(scope, $0.key) }
        let sum = own.values.reduce(into: OurCell.Sum()) { $0 += $1 }
        let amount = list.reduce(0) { $0 + $1.picoUSD }
        var difference = amount - sum.picoUSD
        guard difference != 0 else { return }
        guard !list.isEmpty else {
            if abs(difference) <= tolerance {
                add(.rounding, CauseSums(picoUSD: difference))
            } else {
                attributeMissing(difference, tokens: sum.tokens)
            }
            return
        }
        let quantities = list.compactMap(\.tokens)
        let quantity = quantities.count == list.count ? quantities.reduce(0, +) : sum.tokens
        if quantity != sum.tokens, abs(difference) > tolerance * Int128(list.count) {
            // The costs charge for other tokens than the usage counts.
            let rate =
                sum.tokens > 0
                ? TokenPrice(picoUSD: sum.picoUSD, tokens: sum.tokens) : TokenPrice(picoUSD: amount, tokens: quantity)
            let part = rate.cost(quantity - sum.tokens)
            attributeMissing(part, tokens: abs(quantity - sum.tokens))
            difference -= part
        }
        if difference == 0 { return }
        if !namesContexts, let change = contextChange(own, difference, list.count) {
            addOnce(.longContext, CauseSums(tokens: change, picoUSD: difference))
            return
        }
        judge(difference, count: list.count, tokens: quantity)
    }

    /// Attributes a cost that the provider does not charge under the item's name, or charges in excess.
    private mutating func attributeMissing(_ difference: Int128, tokens: Int128) {
        let change = CauseSums(tokens: tokens, picoUSD: difference)
        if difference < 0, unnamed + tolerance >= -difference {
            unnamed += difference
            addOnce(.unrecognized, change)
        } else {
            addOnce(difference < 0 && isPending ? .lateUsage : .remainder, change)
        }
    }

    /// Returns the number of tokens whose price in the other context explains a difference; `nil` if it does not.
    private func contextChange(_ own: [Meter: OurCell.Sum], _ difference: Int128, _ count: Int) -> Int128? {
        for isLong in [true, false] {
            var (tokens, change): (Int128, Int128) = (0, 0)
            for (meter, sum) in own where meter.isLong == isLong && sum.tokens > 0 {
                let goal = price(Meter(tier: meter.tier, item: meter.item, isLong: !isLong))
                guard goal.picoUSD > 0 else { continue }
                tokens += sum.tokens
                change += goal.cost(sum.tokens) - sum.picoUSD
            }
            if change != 0, abs(change - difference) <= tolerance * Int128(count) { return tokens }
        }
        return nil
    }

    private mutating func judge(_ difference: Int128, count: Int, tokens: Int128) {
        if abs(difference) <= tolerance * Int128(max(1, count)) {
            add(.rounding, CauseSums(picoUSD: difference))
        } else {
            addOnce(.pricePeriod, CauseSums(tokens: tokens, picoUSD: difference))
        }
    }

    private mutating func compareUnits(_ list: [ProviderData.Cost]) {
        let difference = list.reduce(0) { $0 + $1.picoUSD } - unitPicoUSD
        guard difference != 0 else { return }
        if abs(difference) <= tolerance * Int128(max(1, list.count)) {
            add(.rounding, CauseSums(picoUSD: difference))
        } else if let unitCause {
            add(unitCause, CauseSums(picoUSD: difference))
        } else if list.isEmpty {
            add(isPending ? .lateUsage : .remainder, CauseSums(calls: calls, picoUSD: difference))
        } else {
            addOnce(.pricePeriod, CauseSums(picoUSD: difference))
        }
    }

    private mutating func add(_ cause: ReconcileCause, _ change: CauseSums) {
        causes[cause, default: CauseSums()] += change
    }

    /// Adds a change that concerns all calls, which are counted once.
    private mutating func addOnce(_ cause: ReconcileCause, _ change: CauseSums) {
        var change = change
        if causes[cause] == nil { change.calls = calls }
        add(cause, change)
    }
}
