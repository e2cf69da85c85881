/// The cost of a call and its certainty.
public struct CallCost: Sendable, Equatable {
    package var picoUSD: Int64?
    /// How the cost was determined.
    public var status: CostStatus
    /// The reason why the cost is not exact, or what is special about an exact one; `nil` if there is none.
    public var reason: CostReason?
    /// The version of the price book that priced the call.
    public var priceVersion: String?
    package var upperBoundPicoUSD: Int64?

    /// Creates a cost; without arguments, that of a call with nothing to price.
    public init(
        usd: Money? = nil,
        status: CostStatus = .none,
        reason: CostReason? = nil,
        priceVersion: String? = nil,
        upperBound: Money? = nil
    ) {
        self.init(
            picoUSD: usd?.picoUSD,
            status: status,
            reason: reason,
            priceVersion: priceVersion,
            upperBoundPicoUSD: upperBound?.picoUSD
        )
    }

    package init(
        picoUSD: Int64?,
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

    /// The cost; `nil` if it is not known.
    ///
    /// With the status ``CostStatus/partial`` it is the known part.
    public var usd: Money? {
        get { picoUSD.map(Money.init(picoUSD:)) }
        set { picoUSD = newValue?.picoUSD }
    }

    /// The most that a call of unknown usage can have cost; `nil` if the usage is known or nothing bounds it.
    ///
    /// It is an estimate beside the cost and never part of a sum of costs.
    public var upperBound: Money? {
        get { upperBoundPicoUSD.map(Money.init(picoUSD:)) }
        set { upperBoundPicoUSD = newValue?.picoUSD }
    }
}
