/// How an attempt ended.
///
/// More may be added: a `switch` over it needs a `default`.
public struct Outcome: Sendable, Hashable, RawRepresentable, CaseIterable, CustomStringConvertible {
    /// The values, for a `switch` that must name them all.
    package enum Kind: String, Sendable, CaseIterable {
        case completed
        case error
        case cut
        case clientDisconnected = "client_disconnected"
        case timeout
        case unreachable
        case abandoned
        case open
        case interrupted
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
    public static var allCases: [Outcome] { Kind.allCases.map(Outcome.init(_:)) }

    /// True if both are the same value.
    public static func == (left: Outcome, right: Outcome) -> Bool { left.kind == right.kind }

    /// Hashes the value.
    public func hash(into hasher: inout Hasher) { hasher.combine(kind) }

    /// The response arrived in full.
    public static var completed: Outcome { Outcome(.completed) }
    /// The API answered with an error: a status of 400 or more, an error body or an error event.
    public static var error: Outcome { Outcome(.error) }
    /// The response ended before it was complete.
    public static var cut: Outcome { Outcome(.cut) }
    /// The client disconnected before it had the whole response.
    public static var clientDisconnected: Outcome { Outcome(.clientDisconnected) }
    /// A time limit was exceeded.
    public static var timeout: Outcome { Outcome(.timeout) }
    /// No connection to the upstream could be made, or it broke before a response began.
    public static var unreachable: Outcome { Outcome(.unreachable) }
    /// The caller dropped the body before its end.
    public static var abandoned: Outcome { Outcome(.abandoned) }
    /// The attempt is in flight.
    public static var open: Outcome { Outcome(.open) }
    /// The process ended, or died, while the attempt was in flight.
    public static var interrupted: Outcome { Outcome(.interrupted) }

    /// True if the call failed: an API error, a cut response, a timeout or an unreachable upstream.
    ///
    /// Reports, metrics and thresholds count these as errors. A client that disconnects is no error of the provider, and an
    /// interrupted call has no known end.
    package var isError: Bool {
        switch kind {
        case .error, .cut, .timeout, .unreachable: true
        case .completed, .clientDisconnected, .abandoned, .open, .interrupted: false
        }
    }
}
