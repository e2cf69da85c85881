/// A duration as written by a user: `300ms`, `5s`, `10m`, `24h`, `7d`, `2w`.
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
        let scale: Int64
        switch text.dropFirst(digits.count) {
        case "ms": scale = 1
        case "s": scale = 1_000
        case "m": scale = 60_000
        case "h": scale = 3_600_000
        case "d": scale = 86_400_000
        case "w": scale = 604_800_000
        default: return nil
        }
        milliseconds = count * scale
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
