/// A length of time as a person writes it: `300ms`, `5s`, `10m`, `24h`, `7d`, `2w`.
package struct DurationArgument: Sendable, Equatable {
    /// The length in milliseconds.
    package var milliseconds: Int64

    /// Creates a length.
    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// Reads a length; `nil` for a text that is none.
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

    /// The length in the largest unit that it is a whole number of.
    package var text: String {
        let units: [(Int64, String)] = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1_000, "s")]
        for (scale, unit) in units where milliseconds > 0 && milliseconds % scale == 0 {
            return "\(milliseconds / scale)\(unit)"
        }
        return milliseconds == 0 ? "0s" : "\(milliseconds)ms"
    }
}
