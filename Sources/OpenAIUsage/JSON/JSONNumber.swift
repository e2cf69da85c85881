/// Exact readings of JSON numbers.
package enum JSONNumber {
    /// The integer that a JSON number stands for, whatever its spelling (`12`, `12.0`, `1.2e1`, `-0`).
    ///
    /// - Returns: `nil` for a number with a fraction or beyond 64 bits.
    package static func integer(_ text: some Sequence<UInt8>) -> Int64? {
        var isNegative = false
        var digits: [UInt8] = []
        var fractionLength = 0
        var isFraction = false
        var exponent = 0
        var exponentIsNegative = false
        var isExponent = false
        for byte in text {
            switch byte {
            case UInt8(ascii: "-"): if isExponent { exponentIsNegative = true } else { isNegative = true }
            case UInt8(ascii: "+"): break
            case UInt8(ascii: "."): isFraction = true
            case UInt8(ascii: "e"), UInt8(ascii: "E"): isExponent = true
            case 0x30...0x39:
                if isExponent {
                    exponent = min(exponent * 10 + Int(byte - 0x30), 100_000)
                } else {
                    digits.append(byte - 0x30)
                    if isFraction { fractionLength += 1 }
                }
            default: return nil
            }
        }
        var shift = (exponentIsNegative ? -exponent : exponent) - fractionLength
        while shift < 0, let last = digits.last, last == 0 {
            digits.removeLast()
            shift += 1
        }
        if digits.allSatisfy({ $0 == 0 }) { return 0 }
        guard shift >= 0 else { return nil }
        var result: Int64 = 0
        for digit in digits {
            guard let next = appending(digit, to: result) else { return nil }
            result = next
        }
        for _ in 0..<shift {
            guard let next = appending(0, to: result) else { return nil }
            result = next
        }
        return isNegative ? -result : result
    }

    private static func appending(_ digit: UInt8, to value: Int64) -> Int64? {
        let (product, overflow) = value.multipliedReportingOverflow(by: 10)
        let (sum, carry) = product.addingReportingOverflow(Int64(digit))
        return overflow || carry ? nil : sum
    }
}
