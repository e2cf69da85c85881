/// A reason why a ``Simulator`` could not be started.
public struct SimulatorError: Error, CustomStringConvertible {
    /// The kinds of failure.
    public enum Code: Sendable {
        /// A setting has a value that cannot work.
        case invalidConfiguration
        /// The address cannot be listened on.
        case cannotListen
    }

    /// The kind of failure.
    public var code: Code
    /// What is wrong, where, and what to do.
    public var message: String

    /// The message.
    public var description: String {
        message
    }
}
