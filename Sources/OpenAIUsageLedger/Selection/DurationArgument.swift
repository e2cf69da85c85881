/// A duration as written by a user: `300ms`, `5s`, `10m`, `10min`, `1.5h`, `24h`, `7d`, `2w`.
package struct DurationArgument: Sendable, Equatable {
    /// The duration in milliseconds.
    package var milliseconds: Int64

    /// Creates a duration.
    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// Creates a duration from its text; `nil` if the text is malformed.
    package init?(_ text: String) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let count = Int64(digits), count <= 1_000_000_000 else { return nil }
        var unit = text.dropFirst(digits.count)
        var decimals = Substring()
        if unit.first == "." {
            decimals = unit.dropFirst().prefix { $0.isASCII && $0.isNumber }
            guard 1...6 ~= decimals.count else { return nil }
            unit = unit.dropFirst(decimals.count + 1)
        }
        let scale: Int64
        switch unit {
        case "ms": scale = 1
        case "s": scale = 1_000
        case "m", "min": scale = 60_000
        case "h": scale = 3_600_000
        case "d": scale = 86_400_000
        case "w": scale = 604_800_000
        default: return nil
        }
        let divisor = decimals.reduce(Int64(1)) { product, _ in product * 10 }
        let (part, rest) = ((Int64(decimals) ?? 0) * scale).quotientAndRemainder(dividingBy: divisor)
        // A part of a millisecond is a mistake.
        guard rest == 0 else { return nil }
        milliseconds = count * scale + part
    }

    /// The duration in the largest unit from seconds to days that divides it, or in milliseconds.
    package var text: String {
        guard milliseconds > 0, let unit = Self.units.first(where: { milliseconds % $0.scale == 0 }) else {
            return milliseconds == 0 ? "0s" : "\(milliseconds)ms"
        }
        return "\(milliseconds / unit.scale)\(unit.name)"
    }

    private static let units: [(scale: Int64, name: String)] = [
        (86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1_000, "s"),
    ]
}
