import OpenAIUsage

/// A part of a whole, as a percentage.
package struct Share: Sendable, Equatable {
    package var part: Int128
    package var whole: Int128

    /// Creates a share; `nil` if either number is unknown or the whole is not positive.
    package init?(_ part: Int128?, of whole: Int128?) {
        guard let part, let whole, whole > 0, part >= 0 else { return nil }
        (self.part, self.whole) = (part, whole)
    }

    /// The percentage with one decimal, as in `40.3%`.
    ///
    /// Only nothing is `0%`, and only the whole is `100%`: what is close to them is `<0.1%` and `>99.9%`.
    package var text: String {
        if part == 0 { return "0%" }
        if part == whole { return "100%" }
        let tenths = scaled(by: 1_000)
        if tenths == 0 { return "<0.1%" }
        if tenths == 1_000, part < whole { return ">99.9%" }
        return DecimalText.fixed(tenths, fractionDigits: 1) + "%"
    }

    /// The fraction with four decimals, as in `0.403`.
    package var decimal: String { DecimalText.exact(scaled(by: 10_000), fractionDigits: 4) }

    private func scaled(by factor: Int128) -> Int128 {
        let (product, overflow) = part.multipliedReportingOverflow(by: factor)
        guard overflow else { return DecimalText.quotientHalfEven(product, by: whole) }
        return DecimalText.quotientHalfEven(part, by: max(1, whole / factor))
    }
}
