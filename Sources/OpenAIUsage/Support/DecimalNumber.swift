/// A decimal number in JSON notation, including exponents.
///
/// Up to 30 significant digits are stored; ``isTruncated`` tells if others were dropped.
package struct DecimalNumber: Sendable, Equatable {
    /// The smallest coefficient with the maximum number of digits.
    private static var fullCoefficient: Int128 { 100_000_000_000_000_000_000_000_000_000 }
    private static var maximumExponent: Int { 1000 }
    private static let powers: [Int128] = (0..<38).reduce(into: [1]) { powers, _ in
        powers.append((powers.last ?? 1) * 10)
    }

    /// The significant digits as an integer.
    package private(set) var coefficient: Int128 = 0
    /// The number of coefficient digits after the decimal point; negative if zeros before the point are omitted.
    package private(set) var scale = 0
    /// True if digits other than 0 were dropped.
    package private(set) var isTruncated = false

    /// Creates a number from the text of a JSON number; `nil` for other text and for exponents beyond 1000.
    package init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        var index = 0
        func peek() -> UInt8? { index < bytes.count ? bytes[index] : nil }
        let isNegative = peek() == UInt8(ascii: "-")
        if isNegative { index += 1 }

        let integerStart = index
        while let byte = peek(), 0x30...0x39 ~= byte {
            append(byte, isFraction: false)
            index += 1
        }
        guard index > integerStart, index == integerStart + 1 || bytes[integerStart] != 0x30 else { return nil }
        if peek() == UInt8(ascii: ".") {
            index += 1
            let start = index
            while let byte = peek(), 0x30...0x39 ~= byte {
                append(byte, isFraction: true)
                index += 1
            }
            guard index > start else { return nil }
        }
        if let byte = peek(), byte | 0x20 == UInt8(ascii: "e") {
            index += 1
            let sign = peek()
            if sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { index += 1 }
            let start = index
            var exponent = 0
            while let byte = peek(), 0x30...0x39 ~= byte {
                exponent = min(exponent * 10 + Int(byte - 0x30), Self.maximumExponent + 1)
                index += 1
            }
            guard index > start, exponent <= Self.maximumExponent else { return nil }
            scale += sign == UInt8(ascii: "-") ? exponent : -exponent
        }
        guard index == bytes.count else { return nil }
        if isNegative { coefficient = -coefficient }
        while coefficient != 0, coefficient % 10 == 0 {
            coefficient /= 10
            scale -= 1
        }
        if coefficient == 0 { scale = 0 }
    }

    private mutating func append(_ byte: UInt8, isFraction: Bool) {
        if coefficient >= Self.fullCoefficient {
            if byte != 0x30 { isTruncated = true }
            if !isFraction { scale -= 1 }
        } else {
            coefficient = coefficient * 10 + Int128(byte - 0x30)
            if isFraction { scale += 1 }
        }
    }

    /// The number of dollars in pico-dollars, rounded half to even; `nil` if it exceeds 64 bits.
    package var picoUSD: Int64? {
        let shift = Money.fractionDigits - scale
        if coefficient == 0 { return 0 }
        if shift >= 0 {
            guard let factor = Self.power(shift) else { return nil }
            let (product, overflow) = coefficient.multipliedReportingOverflow(by: factor)
            return overflow ? nil : Int64(exactly: product)
        }
        // If the divisor exceeds 128 bits, the amount is far below half a pico-dollar.
        guard let divisor = Self.power(-shift) else { return 0 }
        return Int64(exactly: DecimalText.quotientHalfEven(coefficient, by: divisor, hasMore: isTruncated))
    }

    /// Returns a multiple of the number of dollars in pico-dollars; `nil` if the result is not exact or overflows.
    package func exactPicoUSD(times factor: Int64 = 1) -> Int128? {
        guard !isTruncated else { return nil }
        let (product, overflow) = coefficient.multipliedReportingOverflow(by: Int128(factor))
        guard !overflow, let power = Self.power(abs(Money.fractionDigits - scale)) else { return nil }
        if scale <= Money.fractionDigits {
            let (amount, overflow) = product.multipliedReportingOverflow(by: power)
            return overflow ? nil : amount
        }
        return product % power == 0 ? product / power : nil
    }

    /// The number as a fraction of 64-bit integers; `nil` unless it is exact, not negative, and has at most nine
    /// fraction digits.
    package var quantity: (numerator: Int64, denominator: Int64)? {
        guard !isTruncated, coefficient >= 0, scale <= 9 else { return nil }
        if scale >= 0 {
            guard let numerator = Int64(exactly: coefficient), let denominator = Self.power(scale) else { return nil }
            return (numerator, Int64(denominator))
        }
        guard let factor = Self.power(-scale) else { return nil }
        let (product, overflow) = coefficient.multipliedReportingOverflow(by: factor)
        guard !overflow, let numerator = Int64(exactly: product) else { return nil }
        return (numerator, 1)
    }

    private static func power(_ exponent: Int) -> Int128? {
        exponent < powers.count ? powers[exponent] : nil
    }
}
