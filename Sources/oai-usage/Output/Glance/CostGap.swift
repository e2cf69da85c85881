import OpenAIUsageLedger

/// The calls that the cost of a row leaves out, at least in part.
struct CostGap: Equatable {
    /// Calls without a complete price.
    var unpriced: Int64
    /// Calls whose usage is missing although expected.
    var withoutUsage: Int64
    /// Calls to unknown endpoints.
    var unknownEndpoint: Int64

    init(_ row: ReportRow) {
        (unpriced, withoutUsage, unknownEndpoint) = (row.unpricedCalls, row.callsWithoutUsage, row.otherCalls)
    }

    /// True if the cost leaves nothing out.
    var isEmpty: Bool { unpriced + withoutUsage + unknownEndpoint == 0 }

    /// The numbers of calls with their reasons.
    var text: String {
        [
            (unpriced, "unpriced"), (withoutUsage, "without usage"), (unknownEndpoint, "to unknown endpoints"),
        ].filter { $0.0 > 0 }.map { "\(NumberFormat.calls($0.0)) \($0.1)" }.joined(separator: ", ")
    }
}

extension ReportRow {
    /// The cost, unless nothing is known of it: if all that is known is zero, and calls are left out, it is `nil`, so that it is
    /// not shown as free.
    var knownCost: Int128? {
        guard let costPicoUSD, costPicoUSD != 0 || CostGap(self).isEmpty else { return nil }
        return costPicoUSD
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
