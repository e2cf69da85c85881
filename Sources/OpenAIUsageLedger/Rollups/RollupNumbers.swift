/// The counts and amounts of calls of one series and result, which can be added and subtracted exactly.
struct RollupNumbers: Sendable, Equatable {
    /// The calls that have ended.
    var calls: Int64 = 0
    /// The calls whose figures count.
    var countedCalls: Int64 = 0
    /// The calls of which some or all has no price.
    var unpricedCalls: Int64 = 0
    /// Those of them of which some has a price.
    var partialCalls: Int64 = 0
    /// The calls whose usage should be known and is not.
    var callsWithoutUsage: Int64 = 0
    /// The known costs in millionths of a millionth of a US dollar.
    var cost = RollupSums.Sum()
    /// The most that calls without usage can have cost.
    var upperBound = RollupSums.Sum()
    /// The most that unpriced calls can have cost beyond their known part.
    var unpricedUpperBound = RollupSums.Sum()

    /// True if nothing is in them.
    var isZero: Bool { self == RollupNumbers() }

    /// True if all calls that count have their usage and their whole price.
    var isPlain: Bool {
        unpricedCalls == 0 && partialCalls == 0 && callsWithoutUsage == 0 && upperBound.isZero
            && unpricedUpperBound.isZero
    }

    /// Adds a call's share, or takes it out again.
    mutating func add(_ share: borrowing CallContribution) {
        let isNegative = share.marks.contains(.negative)
        let weight: Int64 = isNegative ? -1 : 1
        calls &+= weight
        guard share.marks.contains(.counted) else { return }
        countedCalls &+= weight
        if share.marks.contains(.unpriced) { unpricedCalls &+= weight }
        if share.marks.contains(.partial) { partialCalls &+= weight }
        if share.marks.contains(.cost) { cost.add(share.cost, isNegative: isNegative) }
        if share.marks.contains(.withoutUsage) {
            callsWithoutUsage &+= weight
            if share.marks.contains(.upperBound) { upperBound.add(share.upperBound, isNegative: isNegative) }
        } else if share.marks.isSuperset(of: [.unpriced, .upperBound]) {
            let rest = max(0, Int128(share.upperBound) - Int128(share.cost))
            unpricedUpperBound.count &+= weight
            unpricedUpperBound.value += isNegative ? -rest : rest
        }
    }

    /// Adds others, or subtracts them with the weight -1.
    mutating func add(_ other: RollupNumbers, weight: Int64 = 1) {
        calls &+= other.calls &* weight
        countedCalls &+= other.countedCalls &* weight
        unpricedCalls &+= other.unpricedCalls &* weight
        partialCalls &+= other.partialCalls &* weight
        callsWithoutUsage &+= other.callsWithoutUsage &* weight
        cost.add(other.cost, weight: weight)
        upperBound.add(other.upperBound, weight: weight)
        unpricedUpperBound.add(other.unpricedUpperBound, weight: weight)
    }
}
