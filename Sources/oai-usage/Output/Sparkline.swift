/// A row of numbers as a row of bars, one terminal cell each.
struct Sparkline {
    /// The numbers; `nil` for an unknown one.
    var values: [Int128?]

    private static let bars: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
    private static let plainBars: [Character] = ["_", ".", ":", "-", "=", "+", "*", "#"]

    /// Returns the bars, scaled from zero to the largest number.
    ///
    /// The lowest bar is zero, and no other number has it. An unknown number is a question mark.
    ///
    /// - Parameter isPlain: True to use ASCII alone.
    /// - Returns: One character per number.
    func text(isPlain: Bool = false) -> String {
        let bars = isPlain ? Self.plainBars : Self.bars
        let most = values.compactMap { $0 }.max() ?? 0
        return String(
            values.map { value -> Character in
                guard let value else { return "?" }
                guard value > 0, most > 0 else { return bars[0] }
                // Rounded, within the seven bars above zero; money is far below the limit of the product.
                let steps = Int128(bars.count - 2)
                let (product, overflow) = value.multipliedReportingOverflow(by: steps * 2)
                guard !overflow else { return bars[bars.count - 1] }
                return bars[1 + Int((product / most + 1) / 2)]
            }
        )
    }
}
