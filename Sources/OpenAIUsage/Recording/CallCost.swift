/// What a call cost, and how sure that is.
public struct CallCost: Sendable, Equatable {
    /// The cost in millionths of a millionth of a US dollar; `nil` when it is not known.
    ///
    /// With the status ``CostStatus/partial`` it is the known part.
    public var picoUSD: Int64?
    /// How the cost came about.
    public var status: CostStatus
    /// Why the cost is not exact, as a short fixed word (`unknown_model`, `unknown_tier`, ...).
    public var reason: String?
    /// The version of the price book that priced the call.
    public var priceVersion: String?

    /// Creates a cost; without arguments, that of a call with nothing to price.
    public init(
        picoUSD: Int64? = nil,
        status: CostStatus = .none,
        reason: String? = nil,
        priceVersion: String? = nil
    ) {
        self.picoUSD = picoUSD
        self.status = status
        self.reason = reason
        self.priceVersion = priceVersion
    }
}
