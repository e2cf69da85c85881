import OpenAIUsage
import OpenAIUsagePricing

/// The comparison of the calls and tokens of a cell.
struct CellComparison {
    let place: UsageCell
    let ours: OurCell
    let theirs: ProviderData.Cell?
    private(set) var causes: [ReconcileCause: CauseSums] = [:]
    /// Our tokens and their cost after the steps so far, by tier, kind and context.
    private(set) var result: [Meter: OurCell.Sum]
    /// The tokens that were added, by cause; they have no context of ours.
    private(set) var added: [Meter: [ReconcileCause: Int128]] = [:]
    /// True if the provider counts calls here.
    let countsCalls: Bool
    /// True if the provider counts tokens here.
    let countsTokens: Bool
    private let isCovered: Bool
    private let book: PriceBook
    /// The provider's tokens, all in short context.
    private var target: [Meter: Int128]
    /// The provider's requests less our calls, as far as no step has explained them.
    private var missingCalls: Int64

    init(
        _ place: UsageCell,
        _ ours: OurCell,
        _ theirs: ProviderData.Cell?,
        isCovered: Bool,
        countsTokens: Bool,
        hasTiers: Bool,
        _ book: PriceBook
    ) {
        self.place = place
        self.ours = ours
        self.theirs = theirs
        self.isCovered = isCovered
        self.book = book
        result = ours.meters
        target = theirs?.tokens ?? [:]
        self.countsTokens = isCovered && countsTokens
        countsCalls = isCovered && (theirs == nil || theirs?.hasRequests == true)
        missingCalls = countsCalls ? (theirs?.allRequests ?? 0) - ours.allCalls : 0
        if !hasTiers { target = Self.tiered(target, ours) }
    }

    /// Distributes tokens without tiers over our tiers.
    private static func tiered(_ tokens: [Meter: Int128], _ ours: OurCell) -> [Meter: Int128] {
        var result: [Meter: Int128] = [:]
        var rest = tokens
        for (meter, sum) in ours.meters.sorted(by: { $0.key < $1.key }) {
            let source = Meter(tier: "default", item: meter.item)
            let taken = min(rest[source] ?? 0, sum.tokens)
            guard taken > 0 else { continue }
            rest[source, default: 0] -= taken
            result[Meter(tier: meter.tier, item: meter.item), default: 0] += taken
        }
        for (meter, count) in rest where count > 0 { result[meter, default: 0] += count }
        return result
    }

    // MARK: - Tokens that are counted as others

    /// Moves our tokens to the tiers and kinds in which the provider counts them.
    mutating func shift() {
        guard isCovered, theirs != nil else { return }
        shift(isReceived: false)
        shift(isReceived: true)
        guard causes[.tier] != nil else { return }
        var (gained, lost): (Int64, Int64) = (0, 0)
        for tier in Set(ours.calls.keys).union(theirs?.requests.keys ?? [:].keys) {
            let difference = (theirs?.requests[tier] ?? 0) - (ours.calls[tier] ?? 0)
            if difference > 0 { gained += difference } else { lost -= difference }
        }
        causes[.tier]?.calls = min(gained, lost)
    }

    private mutating func shift(isReceived: Bool) {
        // The same kind in another tier first, then another kind in the same tier, then both.
        let passes: [(Meter, Meter) -> Bool] = [
            { $0.item == $1.item }, { $0.tier == $1.tier && !isReceived },
            { $0.item == $1.item || !isReceived },
        ]
        for allows in passes {
            let differences = difference.filter { $0.key.item.isReceived == isReceived }
            let lost = differences.filter { $0.value < 0 }.keys.sorted()
            let gained = differences.filter { $0.value > 0 }.keys.sorted()
            for source in lost {
                for goal in gained where allows(source, goal) {
                    let count = min(-(difference[source] ?? 0), difference[goal] ?? 0)
                    if count > 0 { move(count, from: source, to: goal) }
                }
            }
        }
    }

    private mutating func move(_ count: Int128, from source: Meter, to goal: Meter) {
        for (portion, isLong) in portions(of: source, count) {
            let from = Meter(tier: source.tier, item: source.item, isLong: isLong)
            let between = Meter(tier: goal.tier, item: source.item, isLong: isLong)
            let to = Meter(tier: goal.tier, item: goal.item, isLong: isLong)
            var cost = take(portion, from: from)
            if source.tier != goal.tier {
                let next = price(between).cost(portion)
                add(.tier, CauseSums(tokens: portion, picoUSD: next - cost))
                cost = next
            }
            if source.item != goal.item {
                let next = price(to).cost(portion)
                let calls = causes[.cacheClass] == nil ? ours.allCalls : 0
                add(.cacheClass, CauseSums(calls: calls, tokens: portion, picoUSD: next - cost))
                cost = next
            }
            result[to, default: OurCell.Sum()] += OurCell.Sum(tokens: portion, picoUSD: cost)
        }
    }

    // MARK: - Calls that are counted elsewhere

    /// Pairs the calls that one cell has in excess with those that a neighbor lacks.
    ///
    /// They are the same calls if they have the same tokens, or if as many calls of ours ended in another bucket.
    static func match(_ cell: inout CellComparison, _ other: inout CellComparison) {
        guard cell.isCovered, other.isCovered else { return }
        let lost = cell.difference.filter { $0.value != 0 }
        let gained = other.difference.filter { $0.value != 0 }
        let isLoss = cell.missingCalls < 0 && lost.values.allSatisfy { $0 < 0 }
        guard isLoss, other.missingCalls > 0 else { return }
        var calls = min(-cell.missingCalls, other.missingCalls)
        var moved: [Meter: Int128]
        if lost.mapValues({ -$0 }) == gained, -cell.missingCalls == other.missingCalls {
            moved = gained
        } else {
            calls = min(calls, cell.ours.boundaryCalls)
            guard calls > 0 else { return }
            moved = [:]
            var boundary: [Meter: Int128] = [:]
            for (meter, count) in cell.ours.boundary {
                boundary[Meter(tier: meter.tier, item: meter.item), default: 0] += count
            }
            for (meter, count) in boundary {
                let limit = min(count, -(lost[meter] ?? 0), gained[meter] ?? 0)
                if limit > 0 { moved[meter] = limit }
            }
        }
        cell.missingCalls += calls
        other.missingCalls -= calls
        var first = CauseSums(calls: calls, callDifference: -calls)
        var second = CauseSums(calls: 0, callDifference: calls)
        for (meter, count) in moved.sorted(by: { $0.key < $1.key }) {
            let change = cell.change(meter, by: -count)
            first.tokens += count
            first.tokenDifference -= count
            first.picoUSD += change
            second.tokenDifference += count
            second.picoUSD += other.change(meter, by: count)
        }
        cell.add(.inFlight, first)
        other.add(.inFlight, second)
    }

    // MARK: - The rest

    /// Attributes the calls and tokens that remain.
    ///
    /// - Parameters:
    ///   - restatement: What the provider changed after the bucket had settled.
    ///   - isPending: True if the bucket may still change.
    ///   - isLast: True if no bucket follows, in which the provider might count calls that ended there.
    mutating func attributeRest(_ restatement: Reconciliation.Restatement?, isPending: Bool, isLast: Bool) {
        guard isCovered else { return }
        if let restatement { attribute(restatement) }
        if isLast, missingCalls < 0, ours.boundaryCalls > 0 { attributeBoundary() }
        var unread = CauseSums()
        if missingCalls < 0, ours.unread > 0, difference.values.allSatisfy({ $0 >= 0 }) {
            // A call that was given up may not have reached the provider.
            unread.calls = min(-missingCalls, ours.unread)
            unread.callDifference = -unread.calls
            missingCalls += unread.calls
        }
        let extra = max(0, missingCalls)
        let late = max(0, -missingCalls)
        var foreign = CauseSums(calls: extra, callDifference: extra)
        var missing = CauseSums(calls: late, callDifference: -late)
        var unexplained = CauseSums()
        for (meter, count) in difference.sorted(by: { $0.key < $1.key }) where count != 0 {
            if count < 0 {
                let cost = change(meter, by: count)
                let sums = CauseSums(tokens: -count, tokenDifference: count, picoUSD: cost)
                if isPending, late > 0 || !countsCalls { missing += sums } else { unexplained += sums }
                continue
            }
            // Calls without usage and calls that no ledger has share what there is too much of by their number.
            var part: Int128 = 0
            if ours.unread > 0 { part = count * Int128(ours.unread) / (Int128(ours.unread) + Int128(extra)) }
            if part > 0 { unread += surplus(meter, part, .usageUnread) }
            guard count > part else { continue }
            let cause = extra > 0 || !countsCalls ? ReconcileCause.notThroughUs : .remainder
            let sums = surplus(meter, count - part, cause)
            if cause == .notThroughUs { foreign += sums } else { unexplained += sums }
        }
        if unread.tokens > 0 { unread.calls = ours.unread }
        if foreign != CauseSums() { add(.notThroughUs, foreign) }
        if unread != CauseSums() { add(.usageUnread, unread) }
        if missing != CauseSums() { add(isPending ? .lateUsage : .remainder, missing) }
        if unexplained != CauseSums() { add(.remainder, unexplained) }
    }

    /// Attributes calls that ended after the last bucket.
    private mutating func attributeBoundary() {
        let calls = min(-missingCalls, ours.boundaryCalls)
        missingCalls += calls
        var sums = CauseSums(calls: calls, callDifference: -calls)
        for (meter, count) in ours.boundary.sorted(by: { $0.key < $1.key }) {
            let place = Meter(tier: meter.tier, item: meter.item)
            let limit = min(count, max(0, -(difference[place] ?? 0)))
            guard limit > 0 else { continue }
            sums.tokens += limit
            sums.tokenDifference -= limit
            sums.picoUSD += change(place, by: -limit)
        }
        add(.inFlight, sums)
    }

    private mutating func surplus(_ meter: Meter, _ count: Int128, _ cause: ReconcileCause) -> CauseSums {
        added[meter, default: [:]][cause, default: 0] += count
        let cost = change(meter, by: count)
        return CauseSums(tokens: count, tokenDifference: count, picoUSD: cost)
    }

    private mutating func attribute(_ restatement: Reconciliation.Restatement) {
        var sums = CauseSums()
        let calls = Self.common(missingCalls, restatement.requests)
        missingCalls -= calls
        (sums.calls, sums.callDifference) = (abs(calls), calls)
        for (meter, count) in difference.sorted(by: { $0.key < $1.key }) {
            let common = Self.common(count, restatement.tokens[meter] ?? 0)
            guard common != 0 else { continue }
            sums.tokens += abs(common)
            sums.tokenDifference += common
            sums.picoUSD += change(meter, by: common)
        }
        if sums != CauseSums() { add(.restated, sums) }
    }

    /// The part of a difference that a change explains: no more than it, and of the same sign.
    private static func common<Number: SignedInteger>(_ difference: Number, _ change: Number) -> Number {
        guard difference.signum() == change.signum() else { return 0 }
        return difference < 0 ? max(difference, change) : min(difference, change)
    }

    // MARK: - Tokens and prices

    /// The provider's tokens less ours after the steps so far, all in short context.
    private var difference: [Meter: Int128] {
        guard countsTokens else { return [:] }
        var difference = target
        for (meter, sum) in result { difference[Meter(tier: meter.tier, item: meter.item), default: 0] -= sum.tokens }
        return difference
    }

    /// Adds tokens in short context, or takes tokens away, and returns the change of the cost.
    private mutating func change(_ meter: Meter, by count: Int128) -> Int128 {
        guard count < 0 else {
            let cost = price(meter).cost(count)
            result[meter, default: OurCell.Sum()] += OurCell.Sum(tokens: count, picoUSD: cost)
            return cost
        }
        var cost: Int128 = 0
        for (portion, isLong) in portions(of: meter, -count) {
            cost -= take(portion, from: Meter(tier: meter.tier, item: meter.item, isLong: isLong))
        }
        return cost
    }

    private mutating func take(_ count: Int128, from meter: Meter) -> Int128 {
        guard let sum = result[meter], sum.tokens > 0 else { return 0 }
        let cost = TokenPrice(picoUSD: sum.picoUSD, tokens: sum.tokens).cost(count)
        result[meter] = OurCell.Sum(tokens: sum.tokens - count, picoUSD: sum.picoUSD - cost)
        return cost
    }

    /// Divides tokens into those of short and of long context.
    private func portions(of meter: Meter, _ count: Int128) -> [(Int128, Bool)] {
        let short = min(count, result[Meter(tier: meter.tier, item: meter.item)]?.tokens ?? 0)
        return [(short, false), (count - short, true)].filter { $0.0 > 0 }
    }

    /// The price of our calls in the cell, else that of the book.
    private func price(_ meter: Meter) -> TokenPrice {
        if let sum = ours.meters[meter], sum.tokens > 0 { return TokenPrice(picoUSD: sum.picoUSD, tokens: sum.tokens) }
        return TokenPrice(meter, model: place.model, project: place.project, day: place.day, book)
    }

    private mutating func add(_ cause: ReconcileCause, _ change: CauseSums) {
        causes[cause, default: CauseSums()] += change
    }
}
