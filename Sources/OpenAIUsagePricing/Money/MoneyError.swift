/// Why a text is not an amount.
public struct MoneyError: Error, Equatable, CustomStringConvertible {
    /// The kinds of mistakes.
    public enum Code: String, Sendable {
        /// The text is empty.
        case empty
        /// The text holds something that does not belong to a decimal number.
        case notDecimal = "not_decimal"
        /// The text is in exponential notation.
        case exponent
        /// There are more digits after the point than can be kept.
        case tooManyDigits = "too_many_digits"
        /// The number is too large.
        case outOfRange = "out_of_range"
    }

    /// The kind of the mistake.
    public let code: Code
    /// What is wrong, and what to do.
    public let message: String

    /// The message.
    public var description: String { message }
}
