/// The state of the usage that an endpoint should report.
///
/// More may be added: a `switch` over it needs a `default`.
public struct UsageState: Sendable, Hashable, RawRepresentable, CaseIterable, CustomStringConvertible {
    /// The values, for a `switch` that must name them all.
    package enum Kind: String, Sendable, CaseIterable {
        case reported
        case reportedUnterminated = "reported_unterminated"
        case settled
        case null
        case missing
        case cut
        case error
        case unparsable
        case notApplicable = "not_applicable"
        case unitsFromRequest = "units_from_request"
        case unitsFromBody = "units_from_body"
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
    public static var allCases: [UsageState] { Kind.allCases.map(UsageState.init(_:)) }

    /// True if both are the same value.
    public static func == (left: UsageState, right: UsageState) -> Bool { left.kind == right.kind }

    /// Hashes the value.
    public func hash(into hasher: inout Hasher) { hasher.combine(kind) }

    /// The provider reported it.
    public static var reported: UsageState { UsageState(.reported) }
    /// The provider reported it in a last event that lacks its terminating blank line.
    public static var reportedUnterminated: UsageState { UsageState(.reportedUnterminated) }
    /// A later call on the same object reported it and is counted instead.
    public static var settled: UsageState { UsageState(.settled) }
    /// The provider reported `null`, or an object without a number.
    public static var null: UsageState { UsageState(.null) }
    /// The response is complete and reports none.
    public static var missing: UsageState { UsageState(.missing) }
    /// The response ended before its usage arrived.
    public static var cut: UsageState { UsageState(.cut) }
    /// The API answered with an error.
    public static var error: UsageState { UsageState(.error) }
    /// The body is not in the endpoint's format, or no counter of its usage is recognized.
    public static var unparsable: UsageState { UsageState(.unparsable) }
    /// No usage is expected, as from an endpoint that reports none or for a request that was not sent.
    public static var notApplicable: UsageState { UsageState(.notApplicable) }
    /// The billed units are those of the request.
    public static var unitsFromRequest: UsageState { UsageState(.unitsFromRequest) }
    /// The billed units are those of the response's body, and are not tokens.
    public static var unitsFromBody: UsageState { UsageState(.unitsFromBody) }
}
