/// Exact readings of JSON numbers.
package enum JSONNumber {
    /// The integer that a JSON number stands for, whatever its spelling (`12`, `12.0`, `1.2e1`, `-0`).
    ///
    /// - Returns: `nil` for a number with a fraction or beyond 64 bits, and for what is no number.
    package static func integer(_ text: some Sequence<UInt8>) -> Int64? {
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
        guard shift >= 0 else { return nil }
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
        if isNegative { return result }
        return result == .min ? nil : -result
    }

    private static func appending(_ digit: UInt8, to value: Int64) -> Int64? {
        let (product, overflow) = value.multipliedReportingOverflow(by: 10)
        let (sum, borrow) = product.subtractingReportingOverflow(Int64(digit))
        return overflow || borrow ? nil : sum
    }
}
