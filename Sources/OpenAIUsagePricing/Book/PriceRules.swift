/// The rules for applying a book's prices; a rule that the book does not state is `nil`.
package struct PriceRules: Sendable, Equatable {
    /// A rule for matching a model name that is longer than the listed one; the raw value is its text in a book.
    package enum NameRule: String, Sendable, CaseIterable {
        /// `openai/gpt-4o` matches `gpt-4o`.
        case providerPrefix = "strip a leading provider prefix up to \"/\""
        /// `ft:gpt-4o-2024-08-06:acme::id` matches `ft:gpt-4o-2024-08-06`.
        case fineTuned = "ft:<base>:<org>:<name>:<id> -> entry ft:<base>"
        /// A suffix such as `:ckpt-step-88` is ignored.
        case checkpoint = "strip \":ckpt-step-N\""
        /// `gpt-6-sol-2026-10-01` matches `gpt-6-sol`.
        case snapshot = "strip -YYYY-MM-DD or -MMDD snapshot suffix and retry"
        /// Names are not shortened in any other way.
        case noShorterPrefix = "never fall back to a shorter prefix (gpt-5.4-cyber must not become gpt-5.4)"
    }

    /// The tier whose prices apply, by the name of another tier.
    package var tierAliases: [String: String]?
    /// The price item whose price applies, by the price item that has no price of its own.
    package var priceItemFallback: [PriceItem: PriceItem]?
    /// The multiplier of a background request, by completion window.
    package var backgroundWindows: [String: Multiplier]?
    /// The rules for matching model names.
    package var nameRules: [NameRule]?

    /// Returns these rules, with the rules that another book states taking precedence.
    func overridden(by other: PriceRules) -> PriceRules {
        PriceRules(
            tierAliases: other.tierAliases ?? tierAliases,
            priceItemFallback: other.priceItemFallback ?? priceItemFallback,
            backgroundWindows: other.backgroundWindows ?? backgroundWindows,
            nameRules: other.nameRules ?? nameRules
        )
    }
}
