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
