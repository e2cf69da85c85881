package import OpenAIUsage

/// An exact multiplier of prices, as a reduced fraction.
package struct Multiplier: Sendable, Hashable, CustomStringConvertible {
    private static let fractionDigits = 6
    private static let scale: Int64 = 1_000_000

    /// The neutral multiplier.
    package static let one = Multiplier(numerator: 1, denominator: 1)

    /// The numerator.
    package let numerator: Int64
    /// The denominator; always positive.
    package let denominator: Int64

    private init(numerator: Int64, denominator: Int64) {
        self.numerator = numerator
        self.denominator = denominator
    }

    /// Creates a multiplier from decimal text with up to six fraction digits.
    ///
    /// - Throws: A ``MoneyError`` unless the value is above 0 and at most 1000.
    package init(decimal text: some StringProtocol) throws(MoneyError) {
        let value = try DecimalText.integer(text, fractionDigits: Self.fractionDigits)
        guard value > 0, value <= 1000 * Self.scale else {
            throw MoneyError(
                code: .outOfRange,
                message: "'\(text)' is no multiplier; it must be above 0 and at most 1000"
            )
        }
        let divisor = Self.greatestCommonDivisor(value, Self.scale)
        self.init(numerator: value / divisor, denominator: Self.scale / divisor)
    }

    /// True if the multiplier is 1.
    package var isOne: Bool { numerator == denominator }

    /// Returns the product of two multipliers.
    package static func * (left: Multiplier, right: Multiplier) -> Multiplier {
        if left.isOne { return right }
        if right.isOne { return left }
        let numerator = left.numerator * right.numerator
        let denominator = left.denominator * right.denominator
        let divisor = greatestCommonDivisor(numerator, denominator)
        return Multiplier(numerator: numerator / divisor, denominator: denominator / divisor)
    }

    /// Returns an amount times the multiplier, rounded half to even; `nil` on overflow.
    package func applied(to amount: Int128) -> Int128? {
        if isOne { return amount }
        let (product, overflow) = amount.multipliedReportingOverflow(by: Int128(numerator))
        return overflow ? nil : DecimalText.quotientHalfEven(product, by: Int128(denominator))
    }

    /// The multiplier as decimal text.
    package var description: String {
        // Terminates because the denominator divides a power of ten.
        var digits = 0
        var power: Int128 = 1
        while power % Int128(denominator) != 0 {
            power *= 10
            digits += 1
        }
        return DecimalText.exact(Int128(numerator) * (power / Int128(denominator)), fractionDigits: digits)
    }

    private static func greatestCommonDivisor(_ left: Int64, _ right: Int64) -> Int64 {
        var (left, right) = (left, right)
        while right != 0 { (left, right) = (right, left % right) }
        return left
    }
}
