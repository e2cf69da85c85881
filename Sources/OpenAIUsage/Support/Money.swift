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
