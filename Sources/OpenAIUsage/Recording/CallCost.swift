/// What a call cost, and how sure that is.
public struct CallCost: Sendable, Equatable {
    /// The cost in millionths of a millionth of a US dollar; `nil` when it is not known.
    ///
    /// With the status ``CostStatus/partial`` it is the known part.
    public var picoUSD: Int64?
    /// How the cost came about.
    public var status: CostStatus
    /// The reason why the cost is not exact; `nil` for one that is.
    public var reason: CostReason?
    /// The version of the price book that priced the call.
    public var priceVersion: String?
    /// The most that a call of unknown usage can have cost, in millionths of a millionth of a US dollar.
    ///
    /// It is an estimate beside the cost and never part of a sum of costs; `nil` where the usage is known or nothing bounds
    /// it.
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
