/// Why a transport could not carry a call to its end.
public struct TransportError: Error, Sendable, CustomStringConvertible {
    /// The kind of a failure.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The name of the kind.
        public let description: String

        private init(_ description: String) { self.description = description }

        /// No connection could be made.
        public static let unreachable = Code("unreachable")
        /// A time limit passed.
        public static let timeout = Code("timeout")
        /// The connection ended inside the response.
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
    /// What went wrong, and what to do about it; never content, never a key.
    public var message: String
    /// The error that the failure was made of.
    public var underlying: (any Error)?

    /// True if the transport knows that nothing of the request was sent, so that nothing was carried out or billed.
    public var isRequestUnsent: Bool

    /// Creates an error.
    ///
    /// - Parameters:
    ///   - code: The kind of the failure.
    ///   - message: What went wrong, and what to do about it; never content, never a key.
    ///   - underlying: The error that the failure was made of.
    ///   - isRequestUnsent: True if nothing of the request was sent; `nil` follows the code, where ``Code/unreachable`` and
    ///     ``Code/invalidRequest`` mean that.
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
