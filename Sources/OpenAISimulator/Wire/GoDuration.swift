/// Durations in Go's format, in which rate limits report their resets.
enum GoDuration {
    /// Returns the text for a number of milliseconds, such as `0s`, `6ms`, `8.64s` and `1m0s`.
    static func text(milliseconds: Int) -> String {
        if milliseconds <= 0 { return "0s" }
        if milliseconds < 1000 { return "\(milliseconds)ms" }
        let hours = milliseconds / 3_600_000
        let minutes = milliseconds / 60_000 % 60
        var seconds = "\(milliseconds / 1000 % 60)"
        let fraction = milliseconds % 1000
        if fraction > 0 {
            var digits = "\(fraction + 1000)".dropFirst()
            while digits.last == "0" { digits.removeLast() }
            seconds += "." + digits
        }
        if hours > 0 { return "\(hours)h\(minutes)m\(seconds)s" }
        if minutes > 0 { return "\(minutes)m\(seconds)s" }
        return "\(seconds)s"
    }
}
