import ArgumentParser
package import OpenAIUsagePricing

extension ModelPrices.Kind: ExpressibleByArgument {}

extension UTCDay: ExpressibleByArgument {
    /// Reads a day as `2026-11-01`.
    package init?(argument: String) {
        self.init(argument)
    }
}
