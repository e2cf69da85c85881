/// The reason why a transport could not complete a call.
public struct TransportError: Error, Sendable, CustomStringConvertible {
    /// The kind of a failure.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The name of the kind.
        public let description: String

        private init(_ description: String) { self.description = description }

        /// No connection could be made.
        public static let unreachable = Code("unreachable")
        /// A time limit was exceeded.
        public static let timeout = Code("timeout")
        /// The connection ended within the response.
        public static let connectionLost = Code("connection_lost")
        /// The caller cancelled the call.
        public static let cancelled = Code("cancelled")
        /// The transport is shut down.
        public static let shutDown = Code("shut_down")
        /// The request cannot be sent as it is.
        public static let invalidRequest = Code("invalid_request")
        /// The body was read already.
        public static let bodyConsumed = Code("body_consumed")
        /// The body is longer than the caller allows.
        public static let bodyTooLarge = Code("body_too_large")
        /// Anything else.
        public static let failed = Code("failed")
    }

    /// The kind of the failure.
    public var code: Code
    /// The failure and its remedy, as text without content and keys.
    public var message: String
    /// The error that caused the failure.
    public var underlying: (any Error)?

    /// True if it is certain that nothing of the request was sent, so that nothing was carried out or billed.
    public var isRequestUnsent: Bool

    /// Creates an error.
    ///
    /// - Parameters:
    ///   - code: The kind of the failure.
    ///   - message: The failure and its remedy, as text without content and keys.
    ///   - underlying: The error that caused the failure.
    ///   - isRequestUnsent: True if nothing of the request was sent; `nil` to derive it from the code, of which
    ///     ``Code/unreachable`` and ``Code/invalidRequest`` imply it.
    public init(
        _ code: Code,
        _ message: String,
        underlying: (any Error)? = nil,
        isRequestUnsent: Bool? = nil
    ) {
        self.code = code
        self.message = message
        self.underlying = underlying
        self.isRequestUnsent = isRequestUnsent ?? (code == .unreachable || code == .invalidRequest)
    }

    /// The kind and the message.
    public var description: String { "\(code): \(message)" }
}
