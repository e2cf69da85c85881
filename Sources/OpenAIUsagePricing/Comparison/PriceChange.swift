/// One thing that two price books say differently.
package struct PriceChange: Sendable, Equatable {
    /// What a change is about.
    package enum Subject: Sendable, Hashable {
        /// Names that share their prices in both books, the first of which stands for them.
        case model([String])
        /// A hosted tool.
        case tool(String)
        /// A rule.
        case rule(String)
    }

    /// What a book says; `nil` if it says nothing.
    package enum Value: Sendable, Hashable {
        /// A price of some units, in words (`1,000,000 tokens`).
        case price(Money, per: String)
        /// Anything else.
        case text(String)

        /// The price or text, without a unit.
        package var text: String {
            switch self {
            case .price(let money, _): money.description
            case .text(let text): text
            }
        }

        /// The units that a price is for.
        package var unit: String? {
            if case .price(_, let unit) = self { return unit }
            return nil
        }
    }

    /// The project, where the change concerns only one.
    package var project: String?
    /// What the change is about.
    package var subject: Subject
    /// What of it changes (`default input`, `long_context batch output`); `nil` if all of it comes or goes.
    package var item: String?
    /// The days on which both books differ so.
    package var days: DayInterval
    /// What the first book says.
    package var old: Value?
    /// What the second book says.
    package var new: Value?

    /// By how much a price changes, in percent with up to one digit after the point; `nil` without two prices.
    package var percent: String? {
        guard case .price(let old, let unit)? = old, case .price(let new, let other)? = new, unit == other,
            old != .zero
        else { return nil }
        let difference = Int128(new.picoUSD) - Int128(old.picoUSD)
        let tenths = DecimalText.quotientHalfEven(difference * 1000, by: Int128(old.picoUSD))
        return (tenths > 0 ? "+" : "") + DecimalText.exact(tenths, fractionDigits: 1) + "%"
    }
}
