/// An amount in US dollars, with a resolution of one pico-dollar (10^-12 dollars).
///
/// Every published token price is a whole number of pico-dollars, so that products of prices and counts are exact. Only
/// a multiplier (such as a regional uplift) or a price per minute can yield a fraction: each line of a calculation is
/// then rounded once, half to even, to the nearest pico-dollar, and totals are sums of rounded lines.
public struct Money: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Zero dollars.
    public static let zero = Money(picoUSD: 0)
    /// The maximum number of fraction digits of an amount.
    public static let fractionDigits = 12

    /// The amount in pico-dollars (10^-12 US dollars).
    public var picoUSD: Int64

    /// Creates an amount from pico-dollars.
    public init(picoUSD: Int64) {
        self.picoUSD = picoUSD
    }

    /// Creates an amount from decimal text in dollars, such as `0.00000675`.
    ///
    /// - Throws: A ``MoneyError`` unless the text is an optional minus sign and digits with at most 12 fraction digits,
    ///   and the amount fits into 64 bits.
    public init(decimal text: some StringProtocol) throws(MoneyError) {
        picoUSD = try DecimalText.integer(text, fractionDigits: Self.fractionDigits)
    }

    /// The shortest exact decimal text of the amount in dollars, without an exponent.
    public var description: String { DecimalText.exact(Int128(picoUSD), fractionDigits: Self.fractionDigits) }

    /// Formats the amount in dollars with a fixed number of fraction digits, from 0 to 12, rounded half to even.
    public func formatted(fractionDigits: Int) -> String {
        MoneySum(picoUSD: Int128(picoUSD)).formatted(fractionDigits: fractionDigits)
    }

    /// Returns true if the left amount is smaller.
    public static func < (left: Money, right: Money) -> Bool { left.picoUSD < right.picoUSD }
}

/// A sum of amounts in 128 bits, which cannot overflow in practice.
public struct MoneySum: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The sum in pico-dollars (10^-12 US dollars).
    public var picoUSD: Int128

    /// Creates a sum, by default zero.
    public init(picoUSD: Int128 = 0) {
        self.picoUSD = picoUSD
    }

    /// Creates a sum from decimal text in dollars, such as `0.00000675`; `nil` if the text is not a number of whole
    /// pico-dollars.
    package init?(decimal text: some StringProtocol) {
        guard let number = DecimalNumber(text), let amount = number.exactPicoUSD() else { return nil }
        picoUSD = amount
    }

    /// Adds an amount.
    public static func += (sum: inout MoneySum, amount: Money) { sum.picoUSD += Int128(amount.picoUSD) }

    /// Adds another sum.
    public static func += (sum: inout MoneySum, other: MoneySum) { sum.picoUSD += other.picoUSD }

    /// The shortest exact decimal text of the sum in dollars, without an exponent.
    public var description: String { DecimalText.exact(picoUSD, fractionDigits: Money.fractionDigits) }

    /// Formats the sum in dollars with a fixed number of fraction digits, from 0 to 12, rounded half to even.
    public func formatted(fractionDigits: Int) -> String {
        let kept = max(0, min(fractionDigits, Money.fractionDigits))
        var divisor: Int128 = 1
        for _ in kept..<Money.fractionDigits { divisor *= 10 }
        let rounded = DecimalText.quotientHalfEven(picoUSD, by: divisor)
        return DecimalText.fixed(rounded, fractionDigits: kept)
    }

    /// Returns true if the left sum is smaller.
    public static func < (left: MoneySum, right: MoneySum) -> Bool { left.picoUSD < right.picoUSD }
}

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
