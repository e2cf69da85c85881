package import OpenAIUsage

/// A difference between two price books.
package struct PriceChange: Sendable, Equatable {
    /// The subject of a change.
    package enum Subject: Sendable, Hashable {
        /// Names that share their prices in both books; the first one represents them.
        case model([String])
        /// A hosted tool.
        case tool(String)
        /// A rule, by its key in a book.
        case rule(String)
    }

    /// The value that a book states.
    package enum Value: Sendable, Hashable {
        /// A price and the units it is for, in words (`1,000,000 tokens`).
        case price(Money, per: String)
        /// Any other value.
        case text(String)

        /// The price or text, without a unit.
        package var text: String {
            switch self {
            case .price(let money, _): money.description
            case .text(let text): text
            }
        }

        /// The units that a price is for; `nil` for text.
        package var unit: String? {
            if case .price(_, let unit) = self { return unit }
            return nil
        }
    }

    /// The project that the change is limited to; `nil` for a change that affects all projects.
    package var project: String?
    /// The model, tool or rule that changes.
    package var subject: Subject
    /// The changed item (`default input`, `long_context batch output`); `nil` if the whole subject is added or removed.
    package var item: String?
    /// The days on which the books differ in this way.
    package var days: DayInterval
    /// The value in the first book; `nil` if it has none.
    package var old: Value?
    /// The value in the second book; `nil` if it has none.
    package var new: Value?

    /// The relative change of a price in percent, with up to one fraction digit; `nil` unless both values are prices of
    /// the same unit and the old one is not zero.
    package var percent: String? {
        decimalPercent.map { ($0.hasPrefix("-") || $0 == "0" ? "" : "+") + $0 + "%" }
    }

    /// The same as a decimal number, without sign and unit of a text.
    package var decimalPercent: String? {
        guard case .price(let old, let unit)? = old, case .price(let new, let other)? = new, unit == other,
            old != .zero
        else { return nil }
        let difference = Int128(new.picoUSD) - Int128(old.picoUSD)
        let tenths = DecimalText.quotientHalfEven(difference * 1000, by: Int128(old.picoUSD))
        return DecimalText.exact(tenths, fractionDigits: 1)
    }
}
