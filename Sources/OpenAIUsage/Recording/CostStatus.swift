/// How the cost of a call was determined.
///
/// More may be added: a `switch` over it needs a `default`.
public struct CostStatus: Sendable, Hashable, RawRepresentable, CaseIterable, CustomStringConvertible {
    /// The values, for a `switch` that must name them all.
    package enum Kind: String, Sendable, CaseIterable {
        case exact
        case partial
        case unpriced
        case provider
        case free
        case none
    }

    package let kind: Kind

    package init(_ kind: Kind) {
        self.kind = kind
    }

    /// The value of a name; `nil` for an unknown name.
    public init?(rawValue: String) {
        guard let kind = Kind(rawValue: rawValue) else { return nil }
        self.kind = kind
    }

    /// The name, as in the ledger, in reports and in JSON.
    public var rawValue: String { kind.rawValue }

    /// The name.
    public var description: String { rawValue }

    /// All values that this version knows.
    public static var allCases: [CostStatus] { Kind.allCases.map(CostStatus.init(_:)) }

    /// True if both are the same value.
    public static func == (left: CostStatus, right: CostStatus) -> Bool { left.kind == right.kind }

    /// Hashes the value.
    public func hash(into hasher: inout Hasher) { hasher.combine(kind) }

    /// Every billed item of the call has a price.
    public static var exact: CostStatus { CostStatus(.exact) }
    /// Some billed item of the call has no price; the cost is the known part.
    public static var partial: CostStatus { CostStatus(.partial) }
    /// No billed item of the call has a price.
    public static var unpriced: CostStatus { CostStatus(.unpriced) }
    /// The provider reported the price.
    public static var provider: CostStatus { CostStatus(.provider) }
    /// The endpoint is free.
    public static var free: CostStatus { CostStatus(.free) }
    /// There is nothing to price: an error, or a call whose usage is not known.
    public static var none: CostStatus { CostStatus(.none) }
}
