/// What captured a call.
public enum CallSource: String, Sendable, CaseIterable {
    /// The gateway.
    case gateway
    /// A wrapped client in the caller's own process.
    case library
}
