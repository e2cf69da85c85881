public import ArgumentParser
public import OpenAIUsage
package import OpenAIUsagePricing

extension ModelPrices.Kind: ExpressibleByArgument {}

extension UTCDay: ExpressibleByArgument {
    /// Creates a day from text such as `2026-11-01`; `nil` for other text.
    package init?(argument: String) {
        self.init(argument)
    }
}

extension MoneySum: ExpressibleByArgument {
    /// Creates an amount from dollars such as `250` or `$0.5`; `nil` for invalid text and amounts below zero.
    public init?(argument: String) {
        let text = argument.hasPrefix("$") ? argument.dropFirst() : argument[...]
        guard let sum = MoneySum(decimal: text), sum.picoUSD >= 0 else { return nil }
        self = sum
    }
}
