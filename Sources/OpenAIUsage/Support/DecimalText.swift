/// Conversions between decimal text and scaled integers, without floating point.
package enum DecimalText {
    /// Returns the value of decimal text as an integer scaled by 10^`fractionDigits`.
    ///
    /// The grammar is `-? (0 | [1-9][0-9]*) (. [0-9]+)?`.
    ///
    /// - Throws: A ``MoneyError`` if the text does not match, has too many fraction digits, or exceeds 64 bits.
    package static func integer(_ text: some StringProtocol, fractionDigits: Int) throws(MoneyError) -> Int64 {
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty else {
            throw MoneyError(code: .empty, message: "the amount is empty; write a decimal number such as 0.25")
        }
        var index = 0
        let isNegative = bytes[0] == UInt8(ascii: "-")
        if isNegative { index = 1 }
        // Accumulates a negative value, because the negative range is larger by one.
        var value: Int64 = 0
        var digits = 0
        var fraction = 0
        var isFraction = false
        let firstDigit = index
        while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case 0x30...0x39:
                if isFraction {
                    fraction += 1
                    if fraction > fractionDigits {
                        throw MoneyError(
                            code: .tooManyDigits,
                            message: "'\(text)' has more than \(fractionDigits) digits after the point"
                        )
                    }
                }
                digits += 1
                value = try shifted(value, adding: Int64(byte - 0x30), text)
            case UInt8(ascii: "."):
                guard !isFraction, digits > 0 else { throw notDecimal(text, at: index) }
                isFraction = true
                digits = 0
            case UInt8(ascii: "e"), UInt8(ascii: "E"):
                throw MoneyError(code: .exponent, message: "'\(text)' has an exponent; write the number out")
            default: throw notDecimal(text, at: index)
            }
            index += 1
        }
        guard digits > 0 else { throw notDecimal(text, at: index) }
        if bytes[firstDigit] == 0x30, bytes.count > firstDigit + 1, bytes[firstDigit + 1] != UInt8(ascii: ".") {
            throw notDecimal(text, at: firstDigit)
        }
        while fraction < fractionDigits {
            value = try shifted(value, adding: 0, text)
            fraction += 1
        }
        if isNegative { return value }
        guard value != Int64.min else { throw outOfRange(text) }
        return -value
    }

    /// US dollars from pico-dollars, as the shortest exact decimal.
    package static func dollars(picoUSD value: Int128) -> String { exact(value, fractionDigits: 12) }

    /// Milliseconds from microseconds, as the shortest exact decimal.
    package static func milliseconds(microseconds value: Int64) -> String { exact(Int128(value), fractionDigits: 3) }

    /// Seconds from microseconds, as the shortest exact decimal.
    package static func seconds(microseconds value: Int64) -> String { exact(Int128(value), fractionDigits: 6) }

    /// Formats a scaled integer exactly, with as few fraction digits as possible.
    package static func exact(_ value: Int128, fractionDigits: Int) -> String {
        var value = value
        var digits = fractionDigits
        while digits > 0, value % 10 == 0 {
            value /= 10
            digits -= 1
        }
        return fixed(value, fractionDigits: digits)
    }

    /// Formats an integer exactly, with the decimal point moved left by the scale, or right if the scale is negative.
    package static func exact(_ value: Int128, scale: Int) -> String {
        guard scale < 0 else { return exact(value, fractionDigits: scale) }
        return value == 0 ? "0" : String(value) + String(repeating: "0", count: -scale)
    }

    /// Formats a scaled integer with all fraction digits.
    package static func fixed(_ value: Int128, fractionDigits: Int) -> String {
        guard fractionDigits > 0 else { return String(value) }
        var digits = String(value.magnitude)
        if digits.utf8.count <= fractionDigits {
            digits = String(repeating: "0", count: fractionDigits + 1 - digits.utf8.count) + digits
        }
        let point = digits.index(digits.endIndex, offsetBy: -fractionDigits)
        return (value < 0 ? "-" : "") + digits[..<point] + "." + digits[point...]
    }

    /// Returns the quotient rounded half to even; `hasMore` breaks a tie away from zero, and the divisor must be
    /// positive.
    package static func quotientHalfEven(_ dividend: Int128, by divisor: Int128, hasMore: Bool = false) -> Int128 {
        let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
        let rest = remainder.magnitude
        let other = divisor.magnitude - rest
        let isUp = rest > other || (rest == other && (hasMore || quotient % 2 != 0))
        guard isUp else { return quotient }
        return dividend < 0 ? quotient - 1 : quotient + 1
    }

    private static func shifted(
        _ value: Int64,
        adding digit: Int64,
        _ text: some StringProtocol
    ) throws(MoneyError) -> Int64 {
        let (product, overflow) = value.multipliedReportingOverflow(by: 10)
        let (difference, borrow) = product.subtractingReportingOverflow(digit)
        if overflow || borrow { throw outOfRange(text) }
        return difference
    }

    private static func notDecimal(_ text: some StringProtocol, at offset: Int) -> MoneyError {
        MoneyError(
            code: .notDecimal,
            message: "'\(text)' is not a decimal number (at byte \(offset)); write it as 0.25"
        )
    }

    private static func outOfRange(_ text: some StringProtocol) -> MoneyError {
        MoneyError(code: .outOfRange, message: "'\(text)' is too large")
    }
}
