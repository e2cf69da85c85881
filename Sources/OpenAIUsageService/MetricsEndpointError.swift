/// Why a ``MetricsEndpoint`` could not serve.
public struct MetricsEndpointError: Error, CustomStringConvertible {
    /// Where it should have listened.
    public let address: String
    /// What the system said.
    public let reason: String

    /// What happened, and what to do.
    public var description: String {
        "The metrics endpoint cannot listen on \(address): \(reason). Choose another port, or 0 for any that is free."
    }
}
