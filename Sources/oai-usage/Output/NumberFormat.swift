import OpenAIUsageLedger

/// NumberFormat as a person reads them.
enum NumberFormat {
    /// A whole number with commas; a dash for one that is not known.
    static func count(_ value: Int128?) -> String {
        guard let value else { return "-" }
        let digits = Array(String(value.magnitude))
        var text = value < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text += "," }
            text.append(digit)
        }
        return text
    }

    /// A whole number with commas.
    static func count(_ value: Int64) -> String { count(Int128(value)) }

    /// A number of calls, as a noun.
    static func calls(_ value: Int64) -> String { "\(count(value)) \(value == 1 ? "call" : "calls")" }

    /// Dollars with at least four significant digits and two decimals; a dash for an amount that is not known.
    ///
    /// - Parameters:
    ///   - value: The amount in pico-dollars.
    ///   - isBound: True for an upper bound, which is rounded up.
    /// - Returns: The text.
    static func dollars(picoUSD value: Int128?, isBound: Bool = false) -> String {
        guard let value else { return "-" }
        if value == 0 { return "$0.00" }
        // Four significant digits: the unit of the last one that is shown, in pico-dollars.
        var unit: Int128 = 10_000_000_000
        while unit > 1, value.magnitude < UInt128(unit) * 1_000 { unit /= 10 }
        let magnitude = Int128(value.magnitude)
        var rounded = magnitude / unit
        let rest = magnitude % unit
        if isBound {
            if rest > 0 { rounded += 1 }
        } else if rest * 2 > unit || (rest * 2 == unit && rounded % 2 == 1) {
            rounded += 1
        }
        let text = DecimalText.dollars(picoUSD: rounded * unit)
        let parts = text.split(separator: ".")
        let whole = Int128(parts[0]).map { count($0) } ?? String(parts[0])
        var fraction = parts.count > 1 ? String(parts[1]) : ""
        while fraction.utf8.count < 2 { fraction += "0" }
        return (value < 0 ? "-$" : "$") + whole + "." + fraction
    }

    /// A length of time in the unit that suits it; a dash for one that is not known.
    static func time(microseconds value: Int64?) -> String {
        guard let value else { return "-" }
        switch value {
        case ..<1_000: return "\(value)µs"
        case ..<10_000: return "\(value / 1_000).\(value % 1_000 / 100)ms"
        case ..<1_000_000: return "\(value / 1_000)ms"
        case ..<60_000_000: return "\(value / 1_000_000).\(value % 1_000_000 / 100_000)s"
        default: return "\(value / 60_000_000)m\(value % 60_000_000 / 1_000_000)s"
        }
    }
}
