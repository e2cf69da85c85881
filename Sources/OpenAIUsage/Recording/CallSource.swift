/// The kind of program that captured a call.
public enum CallSource: String, Sendable, CaseIterable {
    /// The gateway.
    case gateway
    /// A metered client in the caller's own process.
    case library
}
