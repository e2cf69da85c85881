import OpenAIUsage

/// The largest values that are believed of the provider's answers.
///
/// Within them, the sums of a comparison do not overflow; a value beyond them is a mistake, which is named.
enum ProviderLimits {
    /// The beginning of the year 2100 in seconds since 1970.
    static let time: Int64 = 4_102_444_800
    /// The most requests, tokens or units of one result.
    static let count: Int64 = 1_000_000_000_000_000
    /// The largest amount of one result in pico-dollars: a trillion dollars.
    static let picoUSD: Int128 = 1_000_000_000_000 * 1_000_000_000_000
    /// The largest sum of all counts, and of all amounts, of a comparison: that of a thousand of the largest.
    static let totalCount = Int128(count) * 1_000
    static let totalPicoUSD = picoUSD * 1_000
    /// The most bytes of all pages of a kind.
    static let bytes = 512 << 20
}

extension Int128 {
    /// Returns a share of an amount, `self * part / whole`, rounded half to even.
    ///
    /// - Parameters:
    ///   - part: The part.
    ///   - whole: The whole, which is greater than 0.
    /// - Returns: The share; at most 2^100 and at least -2^100, so that shares can be added.
    func share(_ part: Int128, of whole: Int128) -> Int128 {
        guard part != whole else { return self }
        let (product, isOverflow) = multipliedReportingOverflow(by: part)
        if !isOverflow { return DecimalText.quotientHalfEven(product, by: whole) }
        let (high, low) = magnitude.multipliedFullWidth(by: part.magnitude)
        let limit = UInt128(1) << 100
        guard high < whole.magnitude else { return (self < 0) == (part < 0) ? Int128(limit) : -Int128(limit) }
        let (quotient, rest) = whole.magnitude.dividingFullWidth((high, low))
        let other = whole.magnitude - rest
        let isUp = rest > other || (rest == other && quotient % 2 != 0)
        let rounded = Int128(Swift.min(limit, quotient + (isUp && quotient < limit ? 1 : 0)))
        return (self < 0) == (part < 0) ? rounded : -rounded
    }
}
