/// The reason why a text is not a valid amount.
public struct MoneyError: Error, Equatable, CustomStringConvertible {
    /// The kinds of errors.
    public enum Code: String, Sendable {
        /// The text is empty.
        case empty
        /// The text contains a character that is invalid in a decimal number.
        case notDecimal = "not_decimal"
        /// The text is in exponential notation.
        case exponent
        /// The text has more fraction digits than can be stored.
        case tooManyDigits = "too_many_digits"
        /// The number is too large.
        case outOfRange = "out_of_range"
    }

    /// The kind of error.
    public let code: Code
    /// The problem and how to fix it.
    public let message: String

    /// The message.
    public var description: String { message }

    package init(code: Code, message: String) {
        self.code = code
        self.message = message
    }
}
