/// An invalid configuration, or an address that cannot be listened on.
public struct GatewayError: Error, CustomStringConvertible {
    /// The kinds of error.
    public struct Code: Sendable, Equatable {
        private enum Value { case invalidConfiguration, addressInUse, addressUnavailable }

        private let value: Value

        /// A setting is invalid, or names something that cannot be read.
        public static let invalidConfiguration = Code(value: .invalidConfiguration)
        /// Another process listens on the address.
        public static let addressInUse = Code(value: .addressInUse)
        /// The address cannot be bound.
        public static let addressUnavailable = Code(value: .addressUnavailable)
    }

    /// The kind of the error.
    public let code: Code
    /// The problem, and how to solve it.
    public let message: String

    package init(code: Code, message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    public var description: String { message }
}
