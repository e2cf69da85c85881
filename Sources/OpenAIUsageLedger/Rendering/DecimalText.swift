/// The shortest exact decimal text of an integer number of small units, never with an exponent.
package enum DecimalText {
    /// US dollars from millionths of a millionth of a dollar.
    package static func dollars(picoUSD value: Int128) -> String { text(value, digits: 12) }

    /// Milliseconds from microseconds.
    package static func milliseconds(microseconds value: Int64) -> String { text(Int128(value), digits: 3) }

    /// Seconds from microseconds.
    package static func seconds(microseconds value: Int64) -> String { text(Int128(value), digits: 6) }

    private static func text(_ value: Int128, digits: Int) -> String {
        var unit: UInt128 = 1
        for _ in 0..<digits { unit *= 10 }
        let (whole, part) = value.magnitude.quotientAndRemainder(dividingBy: unit)
        let sign = value < 0 ? "-" : ""
        guard part != 0 else { return "\(sign)\(whole)" }
        let text = String(part)
        let padded = String(repeating: "0", count: digits - text.utf8.count) + text
        let end = padded.lastIndex { $0 != "0" } ?? padded.startIndex
        return "\(sign)\(whole).\(padded[...end])"
    }
}
