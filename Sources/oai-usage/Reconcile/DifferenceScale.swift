import OpenAIUsage

/// The number of decimals that all differences of a report have.
struct DifferenceScale: Equatable {
    /// The number of decimals: as many as the smallest difference needs for two significant digits, from two to eight.
    let decimals: Int

    private static let most = 8

    /// Creates the scale of differences in pico-dollars; `nil` for unknown ones.
    init(_ amounts: [Int128?]) {
        let known: [UInt128] = amounts.compactMap { $0?.magnitude }
        let least = known.filter { $0 > 0 }.min() ?? 0
        var decimals = 2
        while decimals < Self.most, least > 0, least < UInt128(Self.unit(decimals)) * 10 { decimals += 1 }
        self.decimals = decimals
    }

    /// Returns a difference with its sign; one that is too small for the scale is never zero.
    func text(_ picoUSD: Int128?) -> String {
        guard let picoUSD else { return "-" }
        let unit = Self.unit(decimals)
        let rounded = DecimalText.quotientHalfEven(picoUSD, by: unit)
        if rounded == 0, picoUSD != 0 {
            return (picoUSD > 0 ? "<+$" : ">-$") + DecimalText.fixed(1, fractionDigits: decimals)
        }
        let digits = DecimalText.fixed(Int128(rounded.magnitude), fractionDigits: decimals).split(separator: ".")
        let whole = Int128(digits[0]).map { NumberFormat.count($0) } ?? String(digits[0])
        return (rounded < 0 ? "-$" : rounded > 0 ? "+$" : "$") + whole + "." + (digits.count > 1 ? digits[1] : "00")
    }

    /// The smallest unit of a number of decimals, in pico-dollars.
    private static func unit(_ decimals: Int) -> Int128 { (decimals..<12).reduce(1) { unit, _ in unit * 10 } }
}
