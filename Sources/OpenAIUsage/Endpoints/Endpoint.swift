/// An endpoint of the API, named as the official SDKs name it (`chat.completions`, `responses`, `embeddings`, ...).
public struct Endpoint: Sendable, Hashable, CustomStringConvertible {
    /// The name; `other` for a path that is not in the catalog.
    public let name: String
    /// The family of the endpoint, which determines how usage is read and judged.
    package let family: any EndpointFamily
    /// The group of the endpoint in metrics.
    package let operation: Operation
    /// The rule by which reported usage counts.
    public let accounting: Accounting

    /// The rule by which the usage that an endpoint reports counts.
    public enum Accounting: String, Sendable, CaseIterable {
        /// Every call counts.
        case everyCall = "every_call"
        /// The first observation of an object in a terminal state counts, since the call shows an object that is used
        /// once.
        case onceByObject = "once_by_object"
        /// No call counts, since calls use nothing.
        case never
        /// The path is not known.
        case unknown
    }

    /// Creates an endpoint.
    ///
    /// - Parameters:
    ///   - name: The name.
    ///   - family: The family of the endpoint.
    ///   - accounting: The rule by which reported usage counts.
    ///   - operation: The group of the endpoint in metrics; `nil` for the family's.
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

    /// True if both have the same name.
    public static func == (left: Endpoint, right: Endpoint) -> Bool { left.name == right.name }

    /// Hashes the name.
    public func hash(into hasher: inout Hasher) { hasher.combine(name) }

    package static let other = Endpoint(name: "other", family: UnknownFamily(), accounting: .unknown)
}

extension Endpoint {
    /// Creates the endpoint of a method and a path in the standard catalog.
    package init(method: String, path: String) {
        self = EndpointCatalog.standard.endpoint(method: method, path: path)
    }

    /// Creates the endpoint of a name in the standard catalog, or one of which only the name is known.
    package init(named name: String) {
        self = EndpointCatalog.standard.endpoint(named: name) ?? Endpoint(name: name, family: UnknownFamily())
    }

    /// The deployment in an Azure path, which names the model; `nil` if there is none.
    static func deployment(in path: String) -> String? {
        let segments = segments(of: path)
        guard let index = segments.firstIndex(of: "deployments"), index + 1 < segments.count else { return nil }
        return String(segments[index + 1])
    }

    static func segments(of path: String) -> [Substring] {
        path.utf8.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }.split(separator: UInt8(ascii: "/"))
            .map { Substring($0) }
    }
}
