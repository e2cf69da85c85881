/// How the cost of a call was determined.
public enum CostStatus: String, Sendable, CaseIterable {
    /// Every billed item of the call has a price.
    case exact
    /// Some billed item of the call has no price; the cost is the known part.
    case partial
    /// No billed item of the call has a price.
    case unpriced
    /// The provider reported the price.
    case provider
    /// The endpoint is free.
    case free
    /// There is nothing to price: an error, or a call whose usage is not known.
    case none
}
