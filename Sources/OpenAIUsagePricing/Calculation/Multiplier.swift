package import OpenAIUsage

/// An exact multiplier of prices, as a reduced fraction.
package struct Multiplier: Sendable, Hashable, CustomStringConvertible {
    private static let fractionDigits = 6
    private static let scale: Int64 = 1_000_000

    /// The neutral multiplier.
    package static let one = Multiplier(numerator: 1, denominator: 1)

    /// The numerator.
    package let numerator: Int128
    /// The denominator; always positive.
    package let denominator: Int128

    private init(numerator: Int128, denominator: Int128) {
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
                message: "'\(text)' is not a multiplier; it must be above 0 and at most 1000"
            )
        }
        let divisor = Self.greatestCommonDivisor(Int128(value), Int128(Self.scale))
        self.init(numerator: Int128(value) / divisor, denominator: Int128(Self.scale) / divisor)
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
        let (product, overflow) = amount.multipliedReportingOverflow(by: numerator)
        return overflow ? nil : DecimalText.quotientHalfEven(product, by: denominator)
    }

    /// The multiplier as decimal text.
    package var description: String {
        // Terminates because the denominator divides a power of ten.
        var digits = 0
        var power: Int128 = 1
        while power % denominator != 0 {
            power *= 10
            digits += 1
        }
        return DecimalText.exact(numerator * (power / denominator), fractionDigits: digits)
    }

    private static func greatestCommonDivisor(_ left: Int128, _ right: Int128) -> Int128 {
        var (left, right) = (left, right)
        while right != 0 { (left, right) = (right, left % right) }
        return left
    }
}
