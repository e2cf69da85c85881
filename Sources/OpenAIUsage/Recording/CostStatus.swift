/// How the cost of a call came about.
public enum CostStatus: String, Sendable, CaseIterable {
    /// Every meter of the call has a price.
    case exact
    /// Some meter of the call has no price; the cost is the known part.
    case partial
    /// Nothing of the call could be priced.
    case unpriced
    /// The provider told the price.
    case provider
    /// The endpoint is free.
    case free
    /// There is nothing to price: an error, or a call whose usage is not known.
    case none
}
