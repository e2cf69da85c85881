/// An amount in US dollars, exact to a millionth of a millionth.
///
/// Every published price of a token is a whole number of pico-dollars, so that products of prices and counts are exact.
/// Only a multiplier (a regional uplift, say) or a price per minute can leave a fraction: each line of a calculation is
/// then rounded once, to the nearest pico-dollar and halves to even, and totals are sums of rounded lines.
public struct Money: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// No money.
    public static let zero = Money(picoUSD: 0)
    /// The digits after the point that an amount can have.
    public static let fractionDigits = 12

    /// The amount in millionths of a millionth of a US dollar.
    public var picoUSD: Int64

    /// Creates an amount from pico-dollars.
    public init(picoUSD: Int64) {
        self.picoUSD = picoUSD
    }

    /// Reads an amount in dollars from decimal text such as `0.00000675`.
    ///
    /// - Throws: ``MoneyError`` for anything but an optional minus sign, digits, and a point with up to 12 digits.
    public init(decimal text: some StringProtocol) throws(MoneyError) {
        picoUSD = try DecimalText.integer(text, fractionDigits: Self.fractionDigits)
    }

    /// The shortest exact decimal text of the amount in dollars, without an exponent.
    public var description: String { DecimalText.exact(Int128(picoUSD), fractionDigits: Self.fractionDigits) }

    /// The decimal text with a fixed number of digits after the point, for display; halves are rounded to even.
    public func formatted(fractionDigits: Int) -> String {
        MoneySum(picoUSD: Int128(picoUSD)).formatted(fractionDigits: fractionDigits)
    }

    /// Whether the left amount is the smaller one.
    public static func < (left: Money, right: Money) -> Bool { left.picoUSD < right.picoUSD }
}
