/// An endpoint of the API, named as the official SDKs name it (`chat.completions`, `responses`, `embeddings`, ...).
public struct Endpoint: Sendable, Hashable, CustomStringConvertible {
    /// The name; `other` for a path that the catalog does not hold.
    public let name: String
    /// What the endpoints of its kind have in common: how they report usage, and how it is judged.
    package let family: any EndpointFamily
    /// Its group in metrics.
    package let operation: Operation
    /// How often what it reports is to be counted.
    public let accounting: Accounting

    /// How often what an endpoint reports is to be counted.
    public enum Accounting: String, Sendable, CaseIterable {
        /// Every call uses anew.
        case everyCall = "every_call"
        /// The call shows an object that was, or will be, used once: count it at the first terminal sight of its id.
        case onceByObject = "once_by_object"
        /// The call uses nothing.
        case never
        /// The path is not known.
        case unknown
    }

    /// Creates an endpoint.
    ///
    /// - Parameters:
    ///   - name: The name.
    ///   - family: What its kind has in common.
    ///   - accounting: How often a report of usage counts.
    ///   - operation: Its group in metrics; `nil` for the family's.
    package init(
        name: String,
        family: any EndpointFamily,
        accounting: Accounting = .everyCall,
        operation: Operation? = nil
    ) {
        self.name = name
        self.family = family
        self.accounting = accounting
        self.operation = operation ?? family.operation
    }
    /// The endpoint's name.
    public var description: String { name }

    /// Whether both have the same name.
    public static func == (left: Endpoint, right: Endpoint) -> Bool { left.name == right.name }

    /// Hashes the name.
    public func hash(into hasher: inout Hasher) { hasher.combine(name) }

    package static let other = Endpoint(name: "other", family: UnknownFamily(), accounting: .unknown)
}
