/// Exact conversions of JSON numbers.
package enum JSONNumber {
    /// The integer value of a JSON number in any spelling (`12`, `12.0`, `1.2e1`, `-0`).
    ///
    /// - Returns: The integer; `nil` if the number has a fraction or exceeds 64 bits, or if the text is not a number.
    package static func integer(_ text: some Collection<UInt8>) -> Int64? {
        plainInteger(text) ?? anyInteger(text)
    }

    /// The integer nearest to a decimal number (`14321.87` is 14322), with halves rounded away from zero.
    ///
    /// - Returns: The integer; `nil` if it exceeds 64 bits, or if the text is not a number.
    package static func rounded(_ text: some Collection<UInt8>) -> Int64? {
        plainInteger(text) ?? anyInteger(text, rounds: true)
    }

    /// The value of at most 18 digits, which always fit and are nearly all numbers; `nil` for any other text.
    private static func plainInteger(_ text: some Collection<UInt8>) -> Int64? {
        var result: Int64 = 0
        var count = 0
        for byte in text {
            guard 0x30...0x39 ~= byte, count < 18 else { return nil }
            result = result * 10 + Int64(byte - 0x30)
            count += 1
        }
        return count > 0 ? result : nil
    }

    private static func anyInteger(_ text: some Collection<UInt8>, rounds: Bool = false) -> Int64? {
        var isNegative = false
        var digits: [UInt8] = []
        var fractionLength = 0
        var isFraction = false
        var exponent = 0
        var exponentIsNegative = false
        var isExponent = false
        var isPartStart = true
        var hasDigit = false
        for byte in text {
            let isFirst = isPartStart
            isPartStart = false
            switch byte {
            case UInt8(ascii: "-"):
                guard isFirst else { return nil }
                if isExponent { exponentIsNegative = true } else { isNegative = true }
            case UInt8(ascii: "+"):
                guard isFirst, isExponent else { return nil }
            case UInt8(ascii: "."):
                guard hasDigit, !isFraction, !isExponent else { return nil }
                isFraction = true
                hasDigit = false
            case UInt8(ascii: "e"), UInt8(ascii: "E"):
                guard hasDigit, !isExponent else { return nil }
                isExponent = true
                isPartStart = true
                hasDigit = false
            case 0x30...0x39:
                hasDigit = true
                if isExponent {
                    exponent = min(exponent * 10 + Int(byte - 0x30), 100_000)
                } else {
                    digits.append(byte - 0x30)
                    if isFraction { fractionLength += 1 }
                }
            default: return nil
            }
        }
        guard hasDigit else { return nil }
        var shift = (exponentIsNegative ? -exponent : exponent) - fractionLength
        while shift < 0, let last = digits.last, last == 0 {
            digits.removeLast()
            shift += 1
        }
        if digits.allSatisfy({ $0 == 0 }) { return 0 }
        var carries = false
        if shift < 0 {
            guard rounds else { return nil }
            let cut = min(-shift, digits.count)
            // If more places are dropped than there are digits, the first dropped digit is a zero.
            carries = cut == -shift && digits[digits.count - cut] >= 5
            digits.removeLast(cut)
            shift = 0
        }
        // Accumulated as a negative value, since the negative range is larger by one.
        var result: Int64 = 0
        for digit in digits {
            guard let next = appending(digit, to: result) else { return nil }
            result = next
        }
        for _ in 0..<shift {
            guard let next = appending(0, to: result) else { return nil }
            result = next
        }
        if carries {
            guard result > .min else { return nil }
            result -= 1
        }
        if isNegative { return result }
        return result == .min ? nil : -result
    }

    /// The shortest plain decimal that is equal to a JSON number (`6.7e-06` is `0.0000067`, `12.0` is `12`).
    ///
    /// - Parameter text: The number's text, which must be a JSON number.
    /// - Returns: The decimal; `nil` for a number of more than 60 digits.
    package static func decimal(_ text: some Sequence<UInt8>) -> String? {
        var isNegative = false
        var digits: [UInt8] = []
        var scale = 0
        var exponent = 0
        var exponentSign = 1
        var part = 0
        for byte in text {
            switch byte {
            case UInt8(ascii: "-"): if part == 2 { exponentSign = -1 } else { isNegative = true }
            case UInt8(ascii: "+"): break
            case UInt8(ascii: "."): part = 1
            case UInt8(ascii: "e"), UInt8(ascii: "E"): part = 2
            case 0x30...0x39:
                if part == 2 {
                    exponent = min(exponent * 10 + Int(byte - 0x30), 10_000)
                } else {
                    digits.append(byte)
                    if part == 1 { scale += 1 }
                }
            default: return nil
            }
        }
        guard !digits.isEmpty else { return nil }
        scale -= exponent * exponentSign
        while let last = digits.last, last == 0x30, scale > 0 {
            digits.removeLast()
            scale -= 1
        }
        guard let first = digits.firstIndex(where: { $0 != 0x30 }) else { return "0" }
        digits.removeFirst(first)
        guard digits.count <= 60, abs(scale) <= 60 else { return nil }
        var result = digits
        if scale < 0 {
            result += [UInt8](repeating: 0x30, count: -scale)
        } else if scale > 0 {
            if result.count <= scale { result = [UInt8](repeating: 0x30, count: scale - result.count + 1) + result }
            result.insert(UInt8(ascii: "."), at: result.count - scale)
        }
        return (isNegative ? "-" : "") + String(decoding: result, as: UTF8.self)
    }

    /// The shortest plain decimal that is equal to a decimal number in a string, without a leading currency sign.
    ///
    /// - Returns: The decimal; `nil` for any other text.
    package static func decimal(text: some Collection<UInt8>) -> String? {
        let number = text.drop { $0 == 0x20 || $0 == UInt8(ascii: "$") }.prefix { $0 != 0x20 }
        // The strict conversion validates the number; one beyond 64 bits is not an amount.
        guard rounded(number) != nil else { return nil }
        return decimal(number)
    }

    /// The sum of two nonnegative plain decimals.
    package static func sum(_ left: String, _ right: String) -> String {
        func split(_ text: String) -> (whole: [UInt8], fraction: [UInt8]) {
            let whole = text.utf8.prefix { $0 != UInt8(ascii: ".") }
            return (Array(whole), Array(text.utf8.dropFirst(whole.count + 1)))
        }
        let (left, right) = (split(left), split(right))
        let scale = max(left.fraction.count, right.fraction.count)
        let wholeLength = max(left.whole.count, right.whole.count)
        /// The digits of a number, padded with zeros to the length of the longer one.
        func digits(_ number: (whole: [UInt8], fraction: [UInt8])) -> [UInt8] {
            [UInt8](repeating: 0x30, count: wholeLength - number.whole.count) + number.whole + number.fraction
                + [UInt8](repeating: 0x30, count: scale - number.fraction.count)
        }
        var result: [UInt8] = []
        var carry: UInt8 = 0
        for (one, other) in zip(digits(left), digits(right)).reversed() {
            if result.count == scale, scale > 0 { result.append(UInt8(ascii: ".")) }
            let sum = (one - 0x30) + (other - 0x30) + carry
            carry = sum / 10
            result.append(0x30 + sum % 10)
        }
        if carry > 0 { result.append(0x30 + carry) }
        let text = String(decoding: result.reversed(), as: UTF8.self)
        return decimal(text.utf8) ?? text
    }

    private static func appending(_ digit: UInt8, to value: Int64) -> Int64? {
        let (product, overflow) = value.multipliedReportingOverflow(by: 10)
        let (sum, borrow) = product.subtractingReportingOverflow(Int64(digit))
        return overflow || borrow ? nil : sum
    }
}
