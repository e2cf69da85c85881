import OpenAIUsage
import OpenAIUsageLedger

/// Formatting of numbers for people.
enum NumberFormat {
    /// Formats an integer with thousands separators; a dash for `nil`.
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

    /// Formats an integer with thousands separators.
    static func count(_ value: Int64) -> String { count(Int128(value)) }

    /// Formats a number of calls, with the noun.
    static func calls(_ value: Int64) -> String { "\(count(value)) \(value == 1 ? "call" : "calls")" }

    /// Formats dollars with at least four significant digits and two decimals; a dash for `nil`.
    ///
    /// - Parameters:
    ///   - value: The amount in pico-dollars.
    ///   - isBound: True for an upper bound, which is rounded up instead of half to even.
    /// - Returns: The text.
    static func dollars(picoUSD value: Int128?, isBound: Bool = false) -> String {
        guard let value else { return "-" }
        if value == 0 { return "$0.00" }
        // The unit of the last of four significant digits, in pico-dollars; at most one cent.
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

    /// Formats a duration in a suitable unit; a dash for `nil`.
    static func time(microseconds value: Int64?) -> String {
        guard let value else { return "-" }
        switch value {
        case ..<1_000: return "\(value)µs"
        case ..<9_950: return tenths((value + 50) / 100) + "ms"
        case ..<999_500: return "\((value + 500) / 1_000)ms"
        case ..<59_950_000: return tenths((value + 50_000) / 100_000) + "s"
        default:
            let seconds = value / 1_000_000 + (value % 1_000_000 >= 500_000 ? 1 : 0)
            return "\(seconds / 60)m\(seconds % 60)s"
        }
    }

    private static func tenths(_ value: Int64) -> String { "\(value / 10).\(value % 10)" }
}
