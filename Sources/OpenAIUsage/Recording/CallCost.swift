/// The cost of a call and its certainty.
public struct CallCost: Sendable, Equatable {
    /// The cost in picodollars (millionths of a millionth of a US dollar); `nil` if it is not known.
    ///
    /// With the status ``CostStatus/partial`` it is the known part.
    public var picoUSD: Int64?
    /// How the cost was determined.
    public var status: CostStatus
    /// The reason why the cost is not exact, or what is special about an exact one; `nil` if there is none.
    public var reason: CostReason?
    /// The version of the price book that priced the call.
    public var priceVersion: String?
    /// The most that a call of unknown usage can have cost, in picodollars; `nil` if the usage is known or nothing
    /// bounds it.
    ///
    /// It is an estimate beside the cost and never part of a sum of costs.
    public var upperBoundPicoUSD: Int64?

    /// Creates a cost; without arguments, that of a call with nothing to price.
    public init(
        picoUSD: Int64? = nil,
        status: CostStatus = .none,
        reason: CostReason? = nil,
        priceVersion: String? = nil,
        upperBoundPicoUSD: Int64? = nil
    ) {
        self.picoUSD = picoUSD
        self.status = status
        self.reason = reason
        self.priceVersion = priceVersion
        self.upperBoundPicoUSD = upperBoundPicoUSD
    }
}
