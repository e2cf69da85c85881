/// The text form of floating-point numbers.
///
/// Bucket bounds are labels, and labels are compared as text: they must match other implementations, which write the
/// shortest digits that round-trip, with an exponent below 1e-04 and from 1e+06 on.
enum FloatText {
    /// Returns the text with at least one decimal or an exponent: `0.1`, `1.0`, `1e+06`.
    static func canonical(_ value: Double) -> String {
        let text = shortest(value)
        guard value.isFinite, !text.utf8.contains(where: { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "e") }) else {
            return text
        }
        return text + ".0"
    }

    /// Returns the text of a sample's value; integers up to 2^53 have neither decimals nor an exponent.
    static func value(_ value: Double) -> String {
        if value.isFinite, value == value.rounded(), abs(value) <= 9_007_199_254_740_992 { return String(Int64(value)) }
        return shortest(value)
    }

    private static func shortest(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        let sign = value.sign == .minus ? "-" : ""
        if value == 0 { return sign + "0" }
        let (digits, point) = decimal(value.magnitude)
        let exponent = point - 1
        guard exponent < -4 || exponent >= 6 else { return sign + positional(digits, point: point) }
        let size = String(exponent.magnitude)
        return sign + digits.prefix(1) + (digits.count > 1 ? "." + digits.dropFirst() : "")
            + (exponent < 0 ? "e-" : "e+") + (size.count < 2 ? "0" + size : size)
    }

    /// Returns the shortest digits that round-trip a positive value, and the number of digits before the decimal point.
    private static func decimal(_ value: Double) -> (digits: String, point: Int) {
        let parts = value.description.split(separator: "e")
        let mantissa = parts.first ?? "0"
        var point = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        let whole = mantissa.prefix { $0 != "." }
        point += whole.count
        var digits = whole + mantissa.dropFirst(whole.count + 1)
        while digits.first == "0", digits.count > 1 {
            digits.removeFirst()
            point -= 1
        }
        while digits.last == "0", digits.count > 1 { digits.removeLast() }
        return (String(digits), point)
    }

    private static func positional(_ digits: String, point: Int) -> String {
        if point <= 0 { return "0." + String(repeating: "0", count: -point) + digits }
        if point >= digits.count { return digits + String(repeating: "0", count: point - digits.count) }
        return digits.prefix(point) + "." + digits.dropFirst(point)
    }
}
