/// The counts and amounts of calls with one series and result, which can be added and subtracted exactly.
struct RollupNumbers: Sendable, Equatable {
    /// The number of ended calls.
    var calls: Int64 = 0
    /// The number of calls that are counted.
    var countedCalls: Int64 = 0
    /// The number of calls without a complete price.
    var unpricedCalls: Int64 = 0
    /// The number of calls with an incomplete price, which are also counted as unpriced.
    var partialCalls: Int64 = 0
    /// The number of calls whose usage is missing although expected.
    var callsWithoutUsage: Int64 = 0
    /// The known costs in picodollars (millionths of a millionth of a US dollar).
    var cost = RollupSums.Sum()
    /// The highest possible costs of the calls without usage, in picodollars.
    var upperBound = RollupSums.Sum()
    /// The highest possible costs of unpriced calls beyond their known part, in picodollars.
    var unpricedUpperBound = RollupSums.Sum()

    /// True if all counts and amounts are zero.
    var isZero: Bool { self == RollupNumbers() }

    /// True if all counted calls have their usage and a complete price.
    var isPlain: Bool {
        unpricedCalls == 0 && partialCalls == 0 && callsWithoutUsage == 0 && upperBound.isZero
            && unpricedUpperBound.isZero
    }

    /// Adds or subtracts the contribution of a call.
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

    /// Adds other counts and amounts, or subtracts them with the weight -1.
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
