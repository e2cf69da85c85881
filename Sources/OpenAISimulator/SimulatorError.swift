/// An error that keeps a ``Simulator`` from starting.
public struct SimulatorError: Error, CustomStringConvertible {
    /// The kinds of error.
    public enum Code: Sendable {
        /// A setting is invalid.
        case invalidConfiguration
        /// The address cannot be bound.
        case cannotListen
    }

    /// The kind of the error.
    public var code: Code
    /// The problem, its place, and how to solve it.
    public var message: String

    /// The message.
    public var description: String {
        message
    }
}
