import OpenAIUsageLedger

extension CostGap {
    /// The numbers of calls with their reasons.
    var text: String {
        [
            (unpriced, "unpriced"), (withoutUsage, "without usage"), (unknownEndpoint, "to unknown endpoints"),
        ].filter { $0.0 > 0 }.map { "\(NumberFormat.calls($0.0)) \($0.1)" }.joined(separator: ", ")
    }
}

extension NumberFormat {
    /// Formats a large integer with three significant digits, as in `3.40M`; below ten thousand with all of them.
    static func compact(_ value: Int128) -> String {
        let units: [(scale: Int128, name: String)] = [
            (1_000_000_000_000, "T"), (1_000_000_000, "B"), (1_000_000, "M"), (1_000, "K"),
        ]
        guard value >= 10_000 else { return count(value) }
        for (index, unit) in units.enumerated() where value >= unit.scale {
            let whole = value / unit.scale
            let decimals = whole >= 100 ? 0 : whole >= 10 ? 1 : 2
            let factor: Int128 = decimals == 0 ? 1 : decimals == 1 ? 10 : 100
            let rounded = (value * factor + unit.scale / 2) / unit.scale
            // 999.9K is 1.00M.
            if rounded >= 1_000 * factor, index > 0 { return "1.00\(units[index - 1].name)" }
            let digits = String(rounded % factor)
            let fraction = String(repeating: "0", count: max(0, decimals - digits.utf8.count)) + digits
            return count(rounded / factor) + (decimals == 0 ? "" : ".\(fraction)") + unit.name
        }
        return count(value)
    }
}
