import OpenAIUsage

/// An exact decimal number, for quantities and unit prices whose product must match a cost.
struct ExactDecimal: Hashable {
    /// The number without its point.
    let coefficient: Int128
    /// The number of digits after the point.
    let scale: Int

    static let zero = ExactDecimal(0, scale: 0)
    static let one = ExactDecimal(1, scale: 0)

    /// Creates a number from a coefficient and the number of its digits after the point, at least 0.
    init(_ coefficient: Int128, scale: Int) {
        var (coefficient, scale) = (coefficient, scale)
        while scale > 0, coefficient % 10 == 0 {
            coefficient /= 10
            scale -= 1
        }
        self.coefficient = coefficient
        self.scale = scale
    }

    /// Creates a number of dollars.
    init(picoUSD: Int128) {
        self.init(picoUSD, scale: Money.fractionDigits)
    }

    /// Creates a number from decimal text; `nil` for other text and for more digits than fit.
    init?(_ text: some StringProtocol) {
        guard let number = DecimalNumber(text), !number.isTruncated else { return nil }
        guard number.scale < 0 else {
            self.init(number.coefficient, scale: number.scale)
            return
        }
        guard let factor = Self.power(-number.scale) else { return nil }
        let (product, overflow) = number.coefficient.multipliedReportingOverflow(by: factor)
        guard !overflow else { return nil }
        self.init(product, scale: 0)
    }

    /// The number as plain decimal text.
    var text: String { DecimalText.exact(coefficient, fractionDigits: scale) }

    /// Returns the sum of two numbers; `nil` on overflow.
    func plus(_ other: ExactDecimal) -> ExactDecimal? {
        let scale = max(self.scale, other.scale)
        guard let left = widened(to: scale), let right = other.widened(to: scale) else { return nil }
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? nil : ExactDecimal(sum, scale: scale)
    }

    /// Returns the product of two numbers; `nil` on overflow.
    func times(_ other: ExactDecimal) -> ExactDecimal? {
        let (product, overflow) = coefficient.multipliedReportingOverflow(by: other.coefficient)
        return overflow ? nil : ExactDecimal(product, scale: scale + other.scale)
    }

    /// Returns the quotient, rounded half to even where it has more digits than asked for; `nil` on overflow.
    func divided(by divisor: Int64, fractionDigits: Int) -> ExactDecimal? {
        guard divisor != 1 else { return self }
        guard let dividend = widened(to: max(scale, fractionDigits)) else { return nil }
        return ExactDecimal(
            DecimalText.quotientHalfEven(dividend, by: Int128(divisor)),
            scale: max(scale, fractionDigits)
        )
    }

    private func widened(to scale: Int) -> Int128? {
        guard let factor = Self.power(scale - self.scale) else { return nil }
        let (product, overflow) = coefficient.multipliedReportingOverflow(by: factor)
        return overflow ? nil : product
    }

    private static func power(_ exponent: Int) -> Int128? {
        guard 0...38 ~= exponent else { return nil }
        return (0..<exponent).reduce(Int128(1)) { power, _ in power * 10 }
    }
}
