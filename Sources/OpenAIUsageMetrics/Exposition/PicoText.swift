/// The exact decimal text of a fixed-point number with 12 decimals.
enum PicoText {
    private static let scale: Int128 = 1_000_000_000_000

    /// Returns the text without trailing zeros: `0.00000675`, `12`.
    static func decimal(_ pico: Int128) -> String {
        let (whole, fraction) = pico.magnitude.quotientAndRemainder(dividingBy: scale.magnitude)
        var text = (pico < 0 ? "-" : "") + String(whole)
        guard fraction != 0 else { return text }
        let digits = String(fraction)
        var decimals = String(repeating: "0", count: 12 - digits.utf8.count) + digits
        while decimals.last == "0" { decimals.removeLast() }
        text += "." + decimals
        return text
    }
}
