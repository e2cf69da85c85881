import OpenAIUsage

/// The number of decimals that all amounts of a column have, so that they can be compared by their length.
struct MoneyScale {
    private let decimals: Int

    /// Creates the scale for some amounts: four significant digits of the greatest one, two decimals at least.
    ///
    /// - Parameter amounts: The amounts in picodollars.
    init(_ amounts: some Sequence<Int128?>) {
        let greatest = amounts.lazy.compactMap { $0?.magnitude }.max() ?? 0
        var (decimals, unit) = (2, UInt128(10_000_000_000))
        while decimals < 8, greatest > 0, greatest < unit * 1_000 {
            unit /= 10
            decimals += 1
        }
        self.decimals = decimals
    }

    /// Formats an amount; `<` the smallest unit for a smaller one, and a dash for `nil`.
    func text(_ picoUSD: Int128?) -> String {
        guard let picoUSD else { return "-" }
        let formatted = MoneySum(picoUSD: Int128(picoUSD.magnitude)).formatted(fractionDigits: decimals)
        let parts = formatted.split(separator: ".")
        let whole = Int128(parts[0]).map { NumberFormat.count($0) } ?? String(parts[0])
        let text = "\(picoUSD < 0 ? "-$" : "$")\(whole).\(parts.count > 1 ? parts[1] : "00")"
        guard picoUSD != 0, formatted.allSatisfy({ $0 == "0" || $0 == "." }) else { return text }
        return "<$0.\(String(repeating: "0", count: decimals - 1))1"
    }
}
