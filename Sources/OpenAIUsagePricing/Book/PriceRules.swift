/// How a book's prices are applied; a rule that a book does not state is `nil`.
package struct PriceRules: Sendable, Equatable {
    /// A way to find a model under a longer name than the book's, as a book states it.
    package enum NameRule: String, Sendable, CaseIterable {
        /// `openai/gpt-4o` is `gpt-4o`.
        case providerPrefix = "strip a leading provider prefix up to \"/\""
        /// `ft:gpt-4o-2024-08-06:acme::id` is `ft:gpt-4o-2024-08-06`.
        case fineTuned = "ft:<base>:<org>:<name>:<id> -> entry ft:<base>"
        /// `:ckpt-step-88` is no part of the name.
        case checkpoint = "strip \":ckpt-step-N\""
        /// `gpt-6-sol-2026-10-01` is `gpt-6-sol`.
        case snapshot = "strip -YYYY-MM-DD or -MMDD snapshot suffix and retry"
        /// A name is never cut anywhere else.
        case noShorterPrefix = "never fall back to a shorter prefix (gpt-5.4-cyber must not become gpt-5.4)"
    }

    /// The tier whose price a tier has.
    package var tierAliases: [String: String]?
    /// The meter that bills the tokens of a meter without a price.
    package var meterFallback: [PriceItem: PriceItem]?
    /// The multiplier of a background request, by its completion window.
    package var backgroundWindows: [String: Multiplier]?
    /// The ways to find a model under a longer name.
    package var nameRules: [NameRule]?

    /// The rules, with those that another book states put before.
    func overridden(by other: PriceRules) -> PriceRules {
        PriceRules(
            tierAliases: other.tierAliases ?? tierAliases,
            meterFallback: other.meterFallback ?? meterFallback,
            backgroundWindows: other.backgroundWindows ?? backgroundWindows,
            nameRules: other.nameRules ?? nameRules
        )
    }
}
