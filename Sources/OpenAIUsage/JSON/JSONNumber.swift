/// Exact readings of JSON numbers.
package enum JSONNumber {
    /// The integer that a JSON number stands for, whatever its spelling (`12`, `12.0`, `1.2e1`, `-0`).
    ///
    /// - Returns: `nil` for a number with a fraction or beyond 64 bits, and for what is no number.
    package static func integer(_ text: some Collection<UInt8>) -> Int64? {
        plainInteger(text) ?? anyInteger(text)
    }

    /// The integer that is nearest to a decimal number (`14321.87` is 14322), halves away from zero.
    ///
    /// - Returns: `nil` for a number beyond 64 bits, and for what is no number.
    package static func rounded(_ text: some Collection<UInt8>) -> Int64? {
        plainInteger(text) ?? anyInteger(text, rounds: true)
    }

    /// Digits alone, as nearly all are, and no more than are sure to fit.
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
            // Of a number with more places than digits the first digit stands behind zeros.
            carries = cut == -shift && digits[digits.count - cut] >= 5
            digits.removeLast(cut)
            shift = 0
        }
        // Collected below zero, where there is one value more.
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

    /// A JSON number as the shortest plain decimal that is equal to it (`6.7e-06` is `0.0000067`, `12.0` is `12`).
    ///
    /// - Parameter text: The number's text, which must be a JSON number.
    /// - Returns: `nil` for a number of more than 60 digits.
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

    /// A text that is a decimal number, as the shortest plain decimal that is equal to it; a currency sign before it is
    /// passed over.
    ///
    /// - Returns: `nil` for any other text.
    package static func decimal(text: some Collection<UInt8>) -> String? {
        let number = text.drop { $0 == 0x20 || $0 == UInt8(ascii: "$") }.prefix { $0 != 0x20 }
        // The strict reading tells what is a number at all; one beyond 64 bits is no amount.
        guard rounded(number) != nil else { return nil }
        return decimal(number)
    }

    /// The sum of two plain decimals that are not negative.
    package static func sum(_ left: String, _ right: String) -> String {
        func split(_ text: String) -> (whole: [UInt8], fraction: [UInt8]) {
            let whole = text.utf8.prefix { $0 != UInt8(ascii: ".") }
            return (Array(whole), Array(text.utf8.dropFirst(whole.count + 1)))
        }
        let (left, right) = (split(left), split(right))
        let scale = max(left.fraction.count, right.fraction.count)
        let wholeLength = max(left.whole.count, right.whole.count)
        /// The digits of both, of which the shorter is filled up with zeros.
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
