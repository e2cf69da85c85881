/// A sum of amounts that cannot overflow in practice.
public struct MoneySum: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The sum in millionths of a millionth of a US dollar.
    public var picoUSD: Int128

    /// Creates a sum, empty unless told otherwise.
    public init(picoUSD: Int128 = 0) {
        self.picoUSD = picoUSD
    }

    /// Reads a sum in dollars from decimal text such as `0.00000675`; `nil` for anything else.
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

    /// The decimal text with a fixed number of digits after the point, for display; halves are rounded to even.
    public func formatted(fractionDigits: Int) -> String {
        let kept = max(0, min(fractionDigits, Money.fractionDigits))
        var divisor: Int128 = 1
        for _ in kept..<Money.fractionDigits { divisor *= 10 }
        let rounded = DecimalText.quotientHalfEven(picoUSD, by: divisor)
        return DecimalText.fixed(rounded, fractionDigits: kept)
    }

    /// Whether the left sum is the smaller one.
    public static func < (left: MoneySum, right: MoneySum) -> Bool { left.picoUSD < right.picoUSD }
}
