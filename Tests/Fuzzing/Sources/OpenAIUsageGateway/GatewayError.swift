/// Why a gateway cannot start.
public struct GatewayError: Error, CustomStringConvertible {
    /// What kind of error it is.
    public struct Code: Sendable, Equatable {
        private enum Value { case invalidConfiguration, addressInUse, addressUnavailable }

        private let value: Value

        /// A setting makes no sense, or names something that cannot be read.
        public static let invalidConfiguration = Code(value: .invalidConfiguration)
        /// Another process listens on the address.
        public static let addressInUse = Code(value: .addressInUse)
        /// The address cannot be listened on.
        public static let addressUnavailable = Code(value: .addressUnavailable)
    }

    /// What kind of error it is.
    public let code: Code
    /// What is wrong, and what to do.
    public let message: String

    package init(code: Code, message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    public var description: String { message }
}
