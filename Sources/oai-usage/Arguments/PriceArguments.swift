import ArgumentParser
package import OpenAIUsagePricing

extension ModelPrices.Kind: ExpressibleByArgument {}

extension UTCDay: ExpressibleByArgument {
    /// Creates a day from text such as `2026-11-01`; `nil` for other text.
    package init?(argument: String) {
        self.init(argument)
    }
}
