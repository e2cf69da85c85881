import OpenAIUsage

/// The number of decimals that all amounts of a column have.
struct MoneyScale: Equatable {
    /// The number of decimals: two from ten dollars on, four below, more for small fractions of a cent.
    let decimals: Int

    /// Creates the scale that shows the largest amount with four significant digits at least.
    ///
    /// - Parameter amounts: The amounts in pico-dollars; `nil` for unknown ones.
    init(_ amounts: [Int128?]) {
        let most = amounts.compactMap { $0?.magnitude }.max() ?? 0
        var decimals = most == 0 || most >= UInt128(Self.unit(2)) * 1_000 ? 2 : 4
        while decimals >= 4, decimals < 12, most < UInt128(Self.unit(decimals)) * 1_000 { decimals += 1 }
        // Zeros at the end of all amounts look like a precision that there is not.
        while decimals > 4, amounts.allSatisfy({ ($0 ?? 0) % Self.unit(decimals - 1) == 0 }) { decimals -= 1 }
        self.decimals = decimals
    }

    /// Returns an amount; one that is too small for the scale is less than its smallest unit, never zero.
    ///
    /// - Parameters:
    ///   - picoUSD: The amount in pico-dollars; `nil` is a dash.
    ///   - sign: The sign of the currency.
    /// - Returns: The amount with the sign.
    func text(_ picoUSD: Int128?, sign: String = "$") -> String {
        guard let picoUSD else { return "-" }
        let unit = Self.unit(decimals)
        let rounded = DecimalText.quotientHalfEven(picoUSD, by: unit)
        if rounded == 0, picoUSD != 0 {
            return (picoUSD < 0 ? "-<" : "<") + sign + DecimalText.fixed(1, fractionDigits: decimals)
        }
        let digits = DecimalText.fixed(Int128(rounded.magnitude), fractionDigits: decimals).split(separator: ".")
        let whole = Int128(digits[0]).map { NumberFormat.count($0) } ?? String(digits[0])
        return (rounded < 0 ? "-\(sign)" : sign) + whole + "." + (digits.count > 1 ? digits[1] : "00")
    }

    /// The smallest unit of a number of decimals, in pico-dollars.
    private static func unit(_ decimals: Int) -> Int128 { (decimals..<12).reduce(1) { unit, _ in unit * 10 } }
}
