/// The error of a ``MetricsEndpoint`` that cannot listen.
public struct MetricsEndpointError: Error, CustomStringConvertible {
    /// The host and the port.
    public let address: String
    /// The system's error message.
    public let reason: String

    /// The cause of the error, and a remedy.
    public var description: String {
        "The metrics endpoint cannot listen on \(address): \(reason). Choose another port, or 0 for any that is free."
    }
}
